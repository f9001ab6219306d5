"""A consultation that closes while people answer: what was accepted counts, what comes later is refused in words."""

from __future__ import annotations

from asyncio import Event, gather, timeout
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from itertools import cycle

import pytest

from api.consultations import lifecycle
from api.results.schemas import Results
from sawt.compose import catalogs, compose
from tests.api.office import CONSULTATIONS, call
from tests.direct import DirectPerson
from tests.locks import until_waiting
from tests.people import SmsPerson, joined
from tests.world import World

CLOSED = catalogs().voice("fr", latin=False)("error.closed")
ENOUGH = 20  # answers accepted before it is closed
EACH = 5  # people per channel


@dataclass
class Rush:
    """The answers accepted so far, and an event once there are enough to close."""

    accepted: int = 0
    enough: Event = field(default_factory=Event)

    def note(self) -> None:
        self.accepted += 1
        if self.accepted == ENOUGH:
            self.enough.set()


@pytest.fixture
async def crowd(own_world: World) -> AsyncIterator[tuple[list[SmsPerson], list[DirectPerson]]]:
    """People who are reading the first question; those on Telegram are served by a second process."""
    other = compose(own_world.settings, now=own_world.now)
    texting = await gather(*(joined(own_world, "sms", "fr") for _ in range(EACH)))
    tapping = [DirectPerson.new(own_world, "telegram", other.dialogue) for _ in range(EACH)]
    for person in tapping:
        for text in ("hello", "2", "1", "3"):
            await person.say(text)
    try:
        yield [person for person in texting if isinstance(person, SmsPerson)], tapping
    finally:
        await other.db.close()


async def insist_by_sms(person: SmsPerson, rush: Rush) -> int | None:
    """Answer the first question, go back, answer again, until refused; returns the last accepted answer."""
    last = None
    for place in cycle((1, 2, 3)):
        if refused(await person.phone.send(str(place)), person.words("error.closed")):
            return last
        last = place
        rush.note()
        if refused(await person.phone.send(person.words("word.back")), person.words("error.closed")):
            return last
    raise AssertionError("unreachable")


async def insist_by_tap(person: DirectPerson, rush: Rush) -> int | None:
    """Tap the buttons of the first question in turn until refused; returns the last accepted answer."""
    last, keys = None, [choice.key for choice in person.choices if not choice.action]
    for place, key in cycle(enumerate(keys, start=1)):
        await person.tap(key)
        if refused([reply.text for reply in person.replies], CLOSED):
            return last
        last = place
        rush.note()
    raise AssertionError("unreachable")


def refused(replies: list[str], sentence: str) -> bool:
    """Whether these replies are a refusal. No reply is neither a refusal nor an acceptance."""
    assert replies
    return any(sentence in reply for reply in replies)


async def close_it(world: World, rush: Rush) -> Results:
    """Close it in the middle of the rush; returns what counts at that moment."""
    await rush.enough.wait()
    assert (await call(world, "POST", f"{CONSULTATIONS}/plan/close")).status_code == 200
    return await world.results()


async def test_what_was_accepted_counts_and_nothing_else(
    own_world: World, crowd: tuple[list[SmsPerson], list[DirectPerson]]
) -> None:
    rush, (texting, tapping) = Rush(), crowd
    async with timeout(60):
        counted, *lasts = await gather(
            close_it(own_world, rush),
            *(insist_by_sms(person, rush) for person in texting),
            *(insist_by_tap(person, rush) for person in tapping),
        )
    accepted = Counter(place for place in lasts if place is not None)
    assert counted.ballots == accepted.total() > 0
    first = counted.questions[0]
    assert {place: each.count for place, each in enumerate(first.answers, start=1) if each.count} == accepted
    assert await own_world.results() == counted  # no answer reached a ballot after closing


async def test_an_answer_that_meets_the_closing_is_refused(
    own_world: World, crowd: tuple[list[SmsPerson], list[DirectPerson]]
) -> None:
    (texting, *_), (tapping, *_) = crowd
    async with timeout(60):
        async with own_world.db.transaction() as session:
            await lifecycle.close_ballots(session, "plan", who="amina", now=own_world.now())
            answers = gather(texting.phone.send("2"), tapping.tap(tapping.choices[1].key))
            await until_waiting(own_world, 2)  # both turns began while it was open, and have reached the ballot box
        replies, _ = await answers
    assert refused(replies, texting.words("error.closed"))
    assert refused([reply.text for reply in tapping.replies], CLOSED)
    assert (await own_world.results()).ballots == 0
