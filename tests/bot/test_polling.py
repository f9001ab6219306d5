"""Telegram by polling: a malformed update neither stops nor repeats the good ones around it."""

from __future__ import annotations

from typing import Any

from tests.ballots import answers_of
from tests.bot.updates import inbound, message, number_of
from tests.people import TelegramPerson, joined
from tests.wire.checker import WireChecker
from tests.world import World, living

# What the rehearsal's own documents forbid: nobody checks the wire here.
UNCHECKED = WireChecker(None, None)
MALFORMED: tuple[dict[str, Any], ...] = (
    {"message": 5},
    {"message": {"text": "chocolate"}},
    {"message": {**message(1, text="chocolate"), "chat": None}},
    {"callback_query": {"id": "1", "data": "chocolate"}},
    {},
)


def slip_in(world: World, person: TelegramPerson, content: dict[str, Any], *, numbered: bool = True) -> None:
    """Put an update among those that wait, as Telegram never should."""
    updates = world.network.bot.updates
    number = updates.add("message", number_of(person), {})
    assert number is not None
    body = updates.pending[number].body
    body.clear()
    body.update({"update_id": number, **content} if numbered else content)


async def test_malformed_updates_among_good_ones(database_url: str) -> None:
    async with living(database_url, UNCHECKED) as world:
        person, other = [await joined(world, "telegram", "fr") for _ in range(2)]
        assert isinstance(person, TelegramPerson)
        assert isinstance(other, TelegramPerson)
        before = await inbound(world)
        await person.user.send("2", wait=False)
        for content in MALFORMED:
            slip_in(world, person, content)
            slip_in(world, other, content, numbered=False)
        await person.user.send("1", ago=-60, wait=False)  # as if written after the next question
        await other.user.send("3", wait=False)
        await world.network.settled()
        await person.say("4")
        assert await inbound(world) == before + 4
        assert await answers_of(world, "telegram", str(number_of(person))) == {1: ["2"], 2: ["yes"], 3: ["4"]}
        assert await answers_of(world, "telegram", str(number_of(other))) == {1: ["3"]}
