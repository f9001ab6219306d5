"""How the Bot API is asked: answers bounded in size and in time, and checked in shape before the library reads them."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from functools import cache
from typing import Any

import httpx
from telegram import Bot
from telegram.error import TelegramError, TimedOut
from telegram.request import HTTPXRequest, RequestData

JSONDict = dict[str, Any]

_API = "https://api.telegram.org"

LARGEST = 512 * 1024  # bytes of an answer to a message
LARGEST_BATCH = 6 * 1024 * 1024  # of updates: a hundred, each of 4,096 letters that JSON may write as 12 bytes
_AROUND = 12.0  # seconds to connect and to hand a request over, beside those for the answer
_UPLOAD = 20.0  # seconds more for a picture
_LONGEST_WAIT = 86_400  # seconds; what names more, or no number, is wrong


@cache
def trusted() -> ssl.SSLContext:
    """Whom we trust: a list that takes a client longer to read than all else it is made of."""
    return httpx.create_ssl_context()


def base_of(api_url: str) -> str:
    """The library's base for where the Bot API is spoken; "" stands for Telegram itself."""
    return (api_url or _API).rstrip("/") + "/bot"


async def ask_who(token: str, api_url: str, *, patience: float) -> str:
    """The bot's name, by getMe. Raises TelegramError."""
    request = BotRequest(patience=patience, tls=trusted())
    async with Bot(token, base_url=base_of(api_url), request=request, get_updates_request=request) as bot:
        return bot.username


class BotRequest(HTTPXRequest):
    """The library's requests with an end: in all so many seconds and bytes, however slowly they drip."""

    def __init__(self, *, patience: float, largest: int = LARGEST, tls: Any = True) -> None:
        """`patience` is for an answer, in seconds; `largest` for its bytes; `tls` says whom we trust."""
        self._largest, self._patience = largest, patience
        hooks = {"response": [self._bound]}
        plain = {"Accept-Encoding": "identity"}  # what is counted is what is kept
        kwargs = {"verify": tls, "event_hooks": hooks, "headers": plain}
        super().__init__(read_timeout=patience, httpx_kwargs=kwargs)

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, *args: Any, **kwargs: Any
    ) -> tuple[int, bytes]:
        """Ask, and read the answer to its end. Raises TelegramError, also where all of it takes too long."""
        uploads = request_data is not None and request_data.contains_files
        try:
            async with asyncio.timeout(self._patience + _AROUND + (_UPLOAD if uploads else 0.0)):
                return await super().do_request(url, method, request_data, *args, **kwargs)
        except TimeoutError:
            raise TimedOut from None

    @staticmethod
    def parse_json_payload(payload: bytes) -> JSONDict:
        """The answer, where it is an object. Raises TelegramError where it is none, or nested past all reason."""
        try:
            answer = HTTPXRequest.parse_json_payload(payload)
        except RecursionError:
            raise TelegramError("too deep") from None
        if not isinstance(answer, dict):
            raise TelegramError("no object")
        if "result" not in answer and answer.get("ok", True):
            raise TelegramError("no result")
        return _shaped(answer)

    async def _bound(self, response: httpx.Response) -> None:
        stream = response.stream
        if response.headers.get("Content-Encoding", "identity") != "identity":
            raise httpx.DecodingError("it was to be plain", request=response.request)
        if isinstance(stream, httpx.AsyncByteStream):
            response.stream = _Counted(stream, self._largest, response.request)


class _Counted(httpx.AsyncByteStream):
    """A body that ends with an error once it is longer than it may be."""

    def __init__(self, stream: httpx.AsyncByteStream, most: int, request: httpx.Request) -> None:
        self._stream, self._most, self._request = stream, most, request

    async def __aiter__(self) -> AsyncIterator[bytes]:
        seen = 0
        async for part in self._stream:
            seen += len(part)
            if seen > self._most:
                raise httpx.ReadError("too large", request=self._request)
            yield part

    async def aclose(self) -> None:
        await self._stream.aclose()


def _shaped(answer: JSONDict) -> JSONDict:
    """The answer without what the library would choke on: a description that is no text, a wait that is no number."""
    if not isinstance(answer.get("description", ""), str):
        del answer["description"]
    if "parameters" in answer:
        given = answer.pop("parameters")
        named = given if isinstance(given, dict) else {}
        kept = {name: each for name, each in named.items() if type(each) is int}
        if "retry_after" in kept:
            kept["retry_after"] = min(max(kept["retry_after"], 1), _LONGEST_WAIT)
        answer["parameters"] = kept
    return answer
