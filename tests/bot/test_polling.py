"""Telegram by polling: a malformed update neither stops nor repeats the good ones around it."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import pytest
from telegram import Bot, Update

from bot import receive
from tests.ballots import answers_of
from tests.bot.updates import inbound, message, number_of
from tests.people import TelegramPerson, joined
from tests.wire.checker import WireChecker
from tests.world import World, living

# These updates violate Telegram's document, so the wire is not checked here.
UNCHECKED = WireChecker(None, None)
MALFORMED: tuple[dict[str, Any], ...] = (
    {"message": 5},
    {"message": {"text": "chocolate"}},
    {"message": {**message(1, text="chocolate"), "chat": None}},
    {"callback_query": {"id": "1", "data": "chocolate"}},
    {},
)


def add_malformed(world: World, person: TelegramPerson, content: dict[str, Any], *, numbered: bool = True) -> None:
    """Add an update to the pending ones, as Telegram never should."""
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
            add_malformed(world, person, content)
            add_malformed(world, other, content, numbered=False)
        await person.user.send("1", ago=-60, wait=False)  # as if written after the next question
        await other.user.send("3", wait=False)
        await world.network.settled()
        await person.say("4")
        assert await inbound(world) == before + 4
        assert await answers_of(world, "telegram", str(number_of(person))) == {1: ["2"], 2: ["yes"], 3: ["4"]}
        assert await answers_of(world, "telegram", str(number_of(other))) == {1: ["3"]}


class OddBot:
    """A bot whose server sends what no library expects, then one update, then nothing."""

    def __init__(self) -> None:
        self.answers: list[Any] = [TypeError(), AttributeError(), OverflowError(), RecursionError(), (Update(7),)]

    async def initialize(self) -> None:
        """Nothing to open."""

    async def delete_webhook(self) -> bool:
        return True

    async def get_updates(self, *_: Any, **__: Any) -> Any:
        if not self.answers:
            await asyncio.Event().wait()
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


async def test_no_odd_answer_ends_polling(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receive, "_PAUSE", 0)
    heard: asyncio.Queue[Update] = asyncio.Queue()
    polling = asyncio.create_task(receive.poll(cast(Bot, OddBot()), heard.put))
    async with asyncio.timeout(20):
        assert (await heard.get()).update_id == 7
    polling.cancel()
    await asyncio.gather(polling, return_exceptions=True)
