"""Conversations while the service is killed repeatedly: what was acknowledged is kept, and counted once."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import func, select

from api.outbox.models import Delivery
from api.outbox.states import DeliveryState
from api.residents.models import Resident
from rehearsal.exchange import Exchange
from tests.ballots import grouped
from tests.conftest import Databases
from tests.faults.rig import POLLING, WEBHOOK, Rig, standing
from tests.faults.talkers import Answers, Book, Chatter, Texter, answer, join
from tests.wire.checker import WireChecker

KILLS = 4


def _of_the_dialogue(exchange: Exchange) -> bool:
    """Incoming texts and updates, outgoing replies: where a kill hurts."""
    return exchange.status == 200 and exchange.operation != "status"


async def counted(rig: Rig) -> Answers:
    """What the ballots contain."""
    results = await rig.world.results()
    picked = {
        (question.position, place): each.count
        for question in results.questions
        for place, each in enumerate(question.answers, start=1)
        if each.count
    }
    return Counter({**picked, (4, 0): results.questions[3].values_given})


async def kill_and_revive(rig: Rig, book: Book, chance: Random, people: int) -> None:
    """Kill at random points while these people talk; lives alternate between polling and a webhook."""
    await rig.service.start(telegram_secret=POLLING)
    for life in range(1, KILLS + 1):
        await rig.killed(after=chance.randint(people * 3 // 5, people * 3), of=_of_the_dialogue)
        assert book.acknowledged <= await counted(rig) <= book.said
        await rig.service.start(telegram_secret=WEBHOOK if life % 2 else POLLING)


async def converse(people: Iterable[Texter | Chatter], book: Book, chance: Random) -> None:
    """All of them at once, from the first word to the end, with random answers."""

    async def whole(person: Texter | Chatter, places: tuple[int, int, int]) -> None:
        await join(person)
        await answer(person, places, book)

    async with asyncio.TaskGroup() as together:
        for person in people:
            places = (chance.randint(1, 3), chance.randint(1, 2), chance.randint(1, 5))
            together.create_task(whole(person, places))


async def no_reply_waits(rig: Rig) -> bool:
    """Whether every reply was sent or is unsure."""
    async with rig.world.db.transaction() as session:
        unsettled = select(Delivery.id).where(Delivery.state.in_((DeliveryState.QUEUED, DeliveryState.SENDING)))
        return await session.scalar(unsettled.limit(1)) is None


async def residents(rig: Rig) -> int:
    async with rig.world.db.transaction() as session:
        return await session.scalar(select(func.count()).select_from(Resident)) or 0


@pytest.fixture
def size(request: pytest.FixtureRequest) -> int:
    """How many people talk, half of them on each channel."""
    return 50 if request.config.getoption("--whole") else 24


async def test_no_acknowledged_answer_is_lost_and_nobody_counts_twice(
    databases: Databases, checker: WireChecker, tmp_path: Path, size: int
) -> None:
    book, chance = Book(), Random(7)
    async with standing(await databases.fresh(), checker, tmp_path) as rig, asyncio.timeout(300):
        rig.network.telegram.slow, rig.network.telegram.repeat_share = 0.02, 0.1
        languages = [("ar", "fr", "zgh")[number % 3] for number in range(size // 2)]
        texters = [Texter(rig, language) for language in languages]
        chatters = [Chatter(rig, language) for language in languages]
        people: list[Texter | Chatter] = [*texters, *chatters]
        async with asyncio.TaskGroup() as together:
            together.create_task(kill_and_revive(rig, book, chance, size))
            together.create_task(converse(people, book, chance))

        await rig.network.settled()
        assert await counted(rig) == book.acknowledged == book.said
        results = await rig.world.results()
        assert (results.ballots, results.complete, await residents(rig)) == (size, size, size)
        assert await grouped(rig.world, "channel") == {"sms": len(texters), "telegram": len(chatters)}
        receipts = [receipt for person in people for receipt in person.receipts]
        assert len(receipts) == len(set(receipts))
        await rig.until(lambda: no_reply_waits(rig))

        # A provider repeats a message that perhaps only a dead process heard. The newest gets its reply again; an older
        # one gets none, as the reply would appear below the newer one.
        for person in texters:
            *older, newest = person.turns
            for (sid, text, _), expected in ((chance.choice(older), []), (newest, newest[2])):
                assert await person.phone.send(text, sid=sid) == expected
        assert await counted(rig) == book.said
