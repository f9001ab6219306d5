"""Our requests to Twilio and its responses, call by call; `make recording` records them again, through Prism."""

from __future__ import annotations

import asyncio
import json
import re
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from rehearsal.exchange import Exchange
from sawt.compose import compose
from sms.channel import SmsChannel
from tests import caretaker
from tests.databases import SqliteDatabases
from tests.prism import npm
from tests.prism.calls import CALLS, outcome
from tests.prism.npm import Prism
from tests.prism.proxy import DOCUMENT, corrected, judging
from tests.wire.checker import WireChecker
from tests.world import World, living, settings_for

RECORDING = Path(__file__).with_name("twilio.json")
HERE = "https://sawt.example"
_PASSING = (  # values that change each time, and their placeholders
    (re.compile(r"\bSM[0-9a-f]{32}\b"), f"SM{'0' * 32}"),
    (
        re.compile(r"\b[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} 20\d\d \d\d:\d\d:\d\d \+0000"),
        "Tue, 24 Nov 2026 09:00:00 +0000",
    ),
    (re.compile(r"\b20[2-9]\d-\d\d-\d\d"), "2026-11-24"),
    # Keep days, which are written as midnight.
    (re.compile(r"T(?!00(?::|%3A)00(?::|%3A)00Z)\d\d(:|%3A)\d\d(:|%3A)\d\dZ"), r"T09\g<1>00\g<2>00Z"),
)


class Recorder(WireChecker):
    """Records exchanges instead of checking them, which Prism does here."""

    def __init__(self) -> None:
        super().__init__(None, None)
        self._heard: list[Exchange] = []

    def observe(self, exchange: Exchange) -> None:
        """Record our requests to Twilio, not its callbacks."""
        if exchange.peer == "twilio" and exchange.direction == "request":
            self._heard.append(exchange)

    def taken(self) -> list[dict[str, Any]]:
        """The exchanges since the last call."""
        heard, self._heard = self._heard, []
        return [
            {
                "asked": [one.method, one.path, one.content_type],
                "fields": one.params,
                "answered": "nothing" if one.lost else [one.status, one.answer],
            }
            for one in heard
        ]


async def record(world: World, heard: Recorder, api_url: str) -> dict[str, Any]:
    """Make every call of the table at this address, where the world's network plays Twilio."""
    recorded: dict[str, Any] = {}
    for name, call in CALLS.items():
        # Prism never ends a response that breaks off; our timeout ends a lost one.
        async with speaking(world, call.sender, api_url, patience=1.0 if call.lost else 15.0) as channel:
            came = await outcome(call, channel)
        await world.network.settled()
        recorded[name] = {"exchanges": heard.taken(), "outcome": came}
    text = json.dumps(recorded).replace(world.url, HERE)
    for passing, standing in _PASSING:
        text = passing.sub(standing, text)
    plain: dict[str, Any] = json.loads(text)
    return plain


@asynccontextmanager
async def speaking(world: World, sender: str, api_url: str, *, patience: float = 15.0) -> AsyncIterator[SmsChannel]:
    """The SMS channel as the service builds it, with this sender and Twilio's address."""
    url = world.settings.database_url
    settings = settings_for(url, world.url, twilio_sender=sender, twilio_api_url=api_url, patience=patience)
    channel = compose(settings, now=world.now).channels[0]
    assert isinstance(channel, SmsChannel)
    async with channel.running():
        yield channel


def known() -> dict[str, Any]:
    """The stored recording."""
    recorded: dict[str, Any] = json.loads(RECORDING.read_bytes())
    return recorded


def twilio_of(world: World) -> str:
    """The address at which the world's network plays Twilio."""
    return f"{world.url}/rehearsal/twilio"


async def _record_anew() -> None:
    prism = npm.on_machine() or npm.installed()
    if prism is None or not DOCUMENT.exists():
        sys.exit("To record anew takes node, npm and Twilio's own document in ../shared/data.")
    passed, asked = await _in_a_new_world(prism), await _in_a_new_world(None)
    if faulty := [name for name in CALLS if passed[name] != asked[name]]:
        sys.exit(f"Prism finds fault, and nothing was recorded: {', '.join(faulty)}")
    RECORDING.write_text(json.dumps(passed, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


async def _in_a_new_world(prism: Prism | None) -> dict[str, Any]:
    async with AsyncExitStack() as stack:
        folder, heard = Path(stack.enter_context(tempfile.TemporaryDirectory())), Recorder()
        world = await stack.enter_async_context(living(await SqliteDatabases(folder).fresh(), heard))
        at = twilio_of(world)
        if prism is not None:
            at = await stack.enter_async_context(judging(prism, at, folder, document=corrected(DOCUMENT)))
        return await record(world, heard, at)


if __name__ == "__main__":
    with caretaker.run():
        asyncio.run(_record_anew())
