"""A server in place of Telegram may answer anything, endlessly: each call ends with a known meaning."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from telegram import Bot

from api.channel import Outgoing, SendError, Throttled, Unsure
from api.runtime.supervisor import Watch
from bot import receive, request
from bot.channel import TelegramChannel
from bot.request import LARGEST, BotRequest
from tests.wire.odd import DRIP, ENDLESS, answer, answering

TOKEN = "1000000001:abcdefghijklmnopqrstuvwxyz012345"
DEEP = "[" * 100_000
OK = '{"ok": true, "result": %s}'
ODD = {
    "null": answer("null"), "list": answer("[1, 2]"), "deep": answer(DEEP), "deep within": answer(OK % DEEP),
    "HTML": answer("<html>Log in</html>"), "bytes": answer(b"\xff\x00\xfe"), "empty": answer(""), "text": answer('"x"'),
    "no result": answer('{"ok": true}'), "null result": answer(OK % "null"), "NaN": answer(OK % "NaN"),
    "other result": answer(OK % "[7]"), "true": answer(OK % "true"),
    "zipped": answer(b"", 200, "Content-Encoding: gzip"),
    "large": answer(OK % ('"' + "x" * LARGEST + '"')), "endless": ENDLESS, "drip": DRIP,
    "odd refusal": answer('{"ok": false, "description": {"a": 1}, "parameters": [1]}', 400),
}  # fmt: skip
WAITS = {"9" * 25: 86_400.0, "-5": 1.0, "7": 7.0}


@pytest.fixture(autouse=True)
def _hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request, "_OVERHEAD", 0.5)


class Opened(Bot):
    """A bot that does not ask who it is."""

    async def initialize(self) -> None:
        """Nothing to open."""

    async def delete_webhook(self, *_: Any, **__: Any) -> bool:
        return True


def channel(url: str) -> TelegramChannel:
    """A channel that talks to the server at this address."""
    unused: Any = None
    return TelegramChannel(
        token=TOKEN, api_url=url, webhook_url="", secret="", dialogue=unused, reports=unused, clock=unused,
        watch=Watch(), patience=0.5,
    )  # fmt: skip


async def send_error(response_bytes: bytes | str) -> SendError | None:
    """The error of sending one message."""
    async with answering(response_bytes) as url:
        telegram = channel(url)
        await telegram.bot._request[1].initialize()  # `initialize` of the bot asks who it is
        try:
            async with asyncio.timeout(20):
                await telegram.send(Outgoing(1, "7", "Bonjour"))
        except SendError as error:
            return error
        finally:
            await telegram.bot._request[1].shutdown()
            await telegram.bot._request[0].shutdown()
    return None


@pytest.mark.parametrize("kind", [kind for kind in ODD if kind != "odd refusal"])
async def test_a_malformed_success_is_unsure(kind: str) -> None:
    assert isinstance(await send_error(ODD[kind]), Unsure)


async def test_an_odd_refusal_has_a_meaning() -> None:
    assert isinstance(await send_error(ODD["odd refusal"]), SendError)


@pytest.mark.parametrize("retry_after", WAITS)
async def test_a_wait_is_bounded(retry_after: str) -> None:
    body = f'{{"ok": false, "description": "Too Many Requests", "parameters": {{"retry_after": {retry_after}}}}}'
    error = await send_error(answer(body, 429))
    assert isinstance(error, Throttled)
    assert error.retry_after == WAITS[retry_after]


@pytest.mark.parametrize("retry_after", ["NaN", "Infinity", '"soon"', "[]", "1e400"])
async def test_a_wait_that_is_no_number_is_none(retry_after: str) -> None:
    body = f'{{"ok": false, "description": "Too Many Requests", "parameters": {{"retry_after": {retry_after}}}}}'
    assert isinstance(await send_error(answer(body, 429)), Throttled)


@pytest.mark.parametrize("kind", [kind for kind in ODD if kind not in ("drip", "large", "other result")])
async def test_no_answer_ends_the_fetching_of_updates(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    """A regression: any of these once ended polling for good."""
    monkeypatch.setattr(receive, "_PAUSE", 0.0)
    reported: asyncio.Queue[Exception | None] = asyncio.Queue()

    async def nobody(_update: object) -> None:
        raise AssertionError

    async with answering(ODD[kind]) as url:
        updates = receive.UpdatesRequest()
        bot = Opened(TOKEN, base_url=f"{url}/bot", request=BotRequest(patience=0.5), get_updates_request=updates)
        fetching = asyncio.create_task(receive.poll(bot, nobody, reported.put_nowait))
        async with asyncio.timeout(30):
            rounds = [await reported.get() for _ in range(3)]
        assert not fetching.done()
        fetching.cancel()
        await asyncio.wait([fetching])
        for bot_request in bot._request:
            await bot_request.shutdown()
    assert all(isinstance(bot_request, Exception) for bot_request in rounds)
