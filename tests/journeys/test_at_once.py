"""Simultaneous events: two texts of one person, fifty people, one message twice, two processes on one database."""

from __future__ import annotations

import re
from asyncio import gather
from collections import Counter

import pytest
from sqlalchemy import func, select

from api.inbound.models import Inbound
from sawt.compose import compose
from tests.ballots import addresses_of, answers_of, ballots_of, resident_of
from tests.direct import DirectPerson, new_id
from tests.people import FIRST, SmsPerson, TelegramPerson, joined
from tests.world import World

RECEIPT = re.compile(r"\b[2-9A-HJ-NP-TV-Z]{8}\b")
channels = pytest.mark.parametrize("channel", ["sms", "telegram"])


async def inbound(world: World) -> int:
    async with world.db.transaction() as session:
        return await session.scalar(select(func.count()).select_from(Inbound)) or 0


def places(replies: list[list[str]]) -> list[str]:
    """The questions that the turns led to ("2/4"), in order."""
    return sorted(match.group() for texts in replies for text in texts if (match := re.search(r"\d/4", text)))


async def test_two_texts_by_sms_are_two_turns(world: World) -> None:
    person = await joined(world, "sms", "fr")
    assert isinstance(person, SmsPerson)
    replies = await gather(person.phone.send("2"), person.phone.send("1"))
    assert places(replies) == ["2/4", "3/4"]
    # The network does not guarantee which arrives first; one is the first answer, the other the second.
    assert await answers_of(world, "sms", person.phone.number) in ({1: ["2"], 2: ["yes"]}, {1: ["1"], 2: ["no"]})


async def test_two_texts_while_the_consultation_begins_are_two_turns(world: World) -> None:
    person = SmsPerson(world, "fr")
    for text in ("hello", "2", "1"):
        await person.say(text)
    replies = await gather(person.phone.send("3"), person.phone.send("1"))
    assert places(replies) == ["1/4", "2/4"]
    resident = await resident_of(world, "sms", person.phone.number)
    assert resident is not None
    answers = await answers_of(world, "sms", person.phone.number)
    assert (resident.province, answers) in (("01.571", {1: ["1"]}), ("01.511", {1: ["3"]}))


async def test_two_texts_at_the_end_are_two_turns(world: World) -> None:
    person = await joined(world, "sms", "fr")
    assert isinstance(person, SmsPerson)
    for text in ("1", "1"):
        await person.say(text)
    replies = await gather(person.phone.send("5"), person.phone.send("4"))
    assert places(replies) == ["4/4"]
    assert len(RECEIPT.findall("\n".join(text for texts in replies for text in texts))) == 1
    answers = await answers_of(world, "sms", person.phone.number)
    assert (answers[3], answers[4]) in ((["5"], ["4"]), (["4"], ["5"]))


async def test_two_first_texts_are_one_person(world: World) -> None:
    person = SmsPerson(world, "fr")
    replies = await gather(*(person.phone.send(text) for text in ("hello", "salam", "bonjour", "azul")))
    assert [len(texts) for texts in replies] == [1] * 4
    assert await addresses_of(world, "sms", person.phone.number) == 1


async def test_a_burst_on_telegram_is_heard_in_order(world: World) -> None:
    person = await joined(world, "telegram", "fr")
    assert isinstance(person, TelegramPerson)
    for text in ("3", "2", "5", "une route"):
        await person.user.send(text, ago=-60, wait=False)  # as if each was written after its own question
    await world.network.settled()
    assert await answers_of(world, "telegram", str(person.user.profile.id)) == {
        1: ["3"], 2: ["no"], 3: ["5"], 4: ["une route"],
    }  # fmt: skip
    assert RECEIPT.search(person.heard)


async def test_a_double_tap_is_one_answer(world: World) -> None:
    person = await joined(world, "telegram", "ar")
    assert isinstance(person, TelegramPerson)
    message, before = person.user.last, person.count
    for _ in range(2):
        await person.user.tap_on(message.message_id, message.buttons[1][0][1], wait=False)
    await world.network.settled()
    assert person.count == before + 1
    assert "2/4" in person.heard
    assert await answers_of(world, "telegram", str(person.user.profile.id)) == {1: ["2"]}


async def test_the_same_sms_twice_at_once_has_one_effect_and_one_reply(world: World) -> None:
    person = await joined(world, "sms", "fr")
    assert isinstance(person, SmsPerson)
    before = await inbound(world)
    first, second = await gather(*(person.phone.send("2", sid="SM" + "7" * 32) for _ in range(2)))
    assert first == second
    assert places([first]) == ["2/4"]
    assert await inbound(world) == before + 1
    assert await answers_of(world, "sms", person.phone.number) == {1: ["2"]}


async def test_the_same_tap_twice_at_once_has_one_effect_and_one_reply(world: World) -> None:
    person = DirectPerson.new(world, "telegram")
    for text in ("hello", "2", "1", "3"):
        await person.say(text)
    before, number = await inbound(world), new_id()
    spoken = await gather(*(person.tap(person.choices[1].key, external_id=number) for _ in range(2)))
    assert sorted(len(replies) for replies in spoken) == [0, 2]  # new ticks below the question, and the next question
    assert await inbound(world) == before + 1
    assert await answers_of(world, "telegram", person.address) == {1: ["2"]}


class _OneOfMany(TelegramPerson):
    """Waits for their own reply only: among many people there may never be a moment without traffic."""

    async def say(self, text: str) -> None:
        before = self.count
        await self.user.send(text, wait=False)
        await self._answered(before)

    async def _tap(self, data: str) -> None:
        before = self.count
        await self.user.tap_on(self.user.last.message_id, data, wait=False)
        await self._answered(before)

    async def _answered(self, before: int) -> None:
        await self.network.activity.until(lambda: self.count > before, seconds=60, describe=lambda: "a reply")


async def _whole_job(world: World, number: int) -> str:
    """One person's whole journey; returns their address."""
    channel, language = ("sms", "telegram")[number % 2], ("ar", "fr", "zgh")[number % 3]
    person = (SmsPerson if channel == "sms" else _OneOfMany)(world, language)
    await person.say("hello")
    for place in (FIRST[language], 1, 3, number % 3 + 1, number % 2 + 1):
        await person.pick(place)
    await person.say(str(number % 5 + 1))
    await person.say(f"numéro {number}")
    assert RECEIPT.search(person.heard), person.heard
    return person.phone.number if isinstance(person, SmsPerson) else str(person.user.profile.id)


async def test_fifty_people_at_once_lose_nothing(world: World) -> None:
    before = await world.results()
    addresses = await gather(*(_whole_job(world, number) for number in range(50)))
    await world.network.settled()
    after = await world.results()
    assert (after.ballots - before.ballots, after.complete - before.complete) == (50, 50)
    receipts = []
    for number, address in enumerate(addresses):
        channel = ("sms", "telegram")[number % 2]
        receipts += [ballot.receipt for _, ballot in await ballots_of(world, channel, address)]
        assert await answers_of(world, channel, address) == {
            1: [str(number % 3 + 1)], 2: [("yes", "no")[number % 2]], 3: [str(number % 5 + 1)], 4: [f"numéro {number}"],
        }  # fmt: skip
    assert len(set(receipts)) == 50


@channels
async def test_two_processes_share_one_conversation(world: World, channel: str) -> None:
    other = compose(world.settings, now=world.now)
    dialogues = (world.service.dialogue, other.dialogue)
    person = DirectPerson.new(world, channel)
    try:
        for number, text in enumerate(("hello", "2", "1", "3", "2", "1", "5", "l'eau")):
            person.dialogue = dialogues[number % 2]
            await person.say(text)
    finally:
        await other.db.close()
    assert RECEIPT.search(person.heard)
    assert await answers_of(world, channel, person.address) == {1: ["2"], 2: ["yes"], 3: ["5"], 4: ["l'eau"]}


@channels
async def test_two_processes_at_once_take_turns(world: World, channel: str) -> None:
    other = compose(world.settings, now=world.now)
    one = DirectPerson.new(world, channel)
    two = DirectPerson(world, channel, one.address, other.dialogue)
    try:
        await gather(one.say("bonjour"), two.say("bonjour"))
        assert await addresses_of(world, channel, one.address) == 1
        for text in ("2", "1", "3"):
            await one.say(text)
        await gather(one.say("2"), two.say("1"))
        same = new_id()
        spoken = await gather(one.say("4", external_id=same), two.say("4", external_id=same))
    finally:
        await other.db.close()
    texts = Counter(each.reply.text for replies in spoken for each in replies)
    assert list(texts.values()) == [2 if channel == "sms" else 1]  # on SMS each request carries the reply back
    answers = await answers_of(world, channel, one.address)
    assert answers in ({1: ["2"], 2: ["yes"], 3: ["4"]}, {1: ["1"], 2: ["no"], 3: ["4"]})
