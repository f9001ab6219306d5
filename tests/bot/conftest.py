"""A world whose Telegram uses a webhook, a person in it, and a record of the Bot API calls."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from pydantic import SecretStr

from rehearsal.exchange import Exchange
from tests.bot.updates import SECRET
from tests.conftest import Databases
from tests.people import TelegramPerson, joined
from tests.wire.checker import WireChecker
from tests.world import World, living


class CallRecorder(WireChecker):
    """A checker that also records the names of the Bot API methods called, in order."""

    def __init__(self, *documents: Any) -> None:
        super().__init__(*documents)
        self.calls: list[str] = []

    def observe(self, exchange: Exchange) -> None:
        super().observe(exchange)
        if exchange.direction == "request" and exchange.peer == "telegram":
            self.calls.append(exchange.operation)


@pytest.fixture(scope="package")
def recorder() -> CallRecorder:
    return CallRecorder.load()


@pytest.fixture(scope="package")
async def hooked(databases: Databases, recorder: CallRecorder) -> AsyncIterator[World]:
    async with living(await databases.fresh(), recorder, telegram_secret=SecretStr(SECRET)) as world:
        yield world


@pytest.fixture
async def person(hooked: World) -> TelegramPerson:
    """Someone who is asked the first question."""
    telegram_person = await joined(hooked, "telegram", "fr")
    assert isinstance(telegram_person, TelegramPerson)
    return telegram_person
