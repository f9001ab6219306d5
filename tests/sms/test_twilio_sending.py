"""Sending by Twilio's API where the rehearsal network cannot play its part: a server that says nothing."""

from __future__ import annotations

import asyncio

import pytest

from api.channel import Unsure
from sms.providers.twilio_api import TwilioApi


async def _read_only(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()
    writer.close()


async def test_an_answer_that_never_comes_is_not_waited_for() -> None:
    async with await asyncio.start_server(_read_only, "127.0.0.1", 0) as silent, asyncio.timeout(60):
        url = "http://{}:{}".format(*silent.sockets[0].getsockname())
        api = TwilioApi(account_sid=f"AC{'0' * 32}", auth_token="token", api_url=url, patience=0.2)
        async with api.running():
            with pytest.raises(Unsure, match="lost"):
                await api.send(to="+212600000001", text="Bonjour", callback="http://127.0.0.1/status", sender="SAWT")
