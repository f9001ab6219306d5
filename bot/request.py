"""Requests to the Bot API. Their answers are limited in size and time, and checked before the library uses them."""

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

LARGEST = 512 * 1024  # maximum number of bytes of the answer to a request
LARGEST_BATCH = 6 * 1024 * 1024  # maximum number of bytes of 100 updates of 4,096 letters, each up to 12 bytes in JSON
_OVERHEAD = 12.0  # seconds to connect and send a request, in addition to those for the answer
_UPLOAD = 20.0  # extra seconds for a picture
_LONGEST_WAIT = 86_400  # seconds; a longer Retry-After is wrong


@cache
def trusted_certificates() -> ssl.SSLContext:
    """Return the trusted certificates. They are loaded only once, because loading is slow."""
    return httpx.create_ssl_context()


def api_base(api_url: str) -> str:
    """Return the library's base URL for the Bot API; an empty `api_url` means Telegram itself."""
    return (api_url or _API).rstrip("/") + "/bot"


async def fetch_username(token: str, api_url: str, *, patience: float) -> str:
    """Return the bot's user name, as the Bot API's method getMe reports it. Raises TelegramError."""
    request = BotRequest(patience=patience, tls=trusted_certificates())
    async with Bot(token, base_url=api_base(api_url), request=request, get_updates_request=request) as bot:
        return bot.username


class BotRequest(HTTPXRequest):
    """The library's HTTP requests, with limits on the total time and size of an answer."""

    def __init__(self, *, patience: float, largest: int = LARGEST, tls: Any = True) -> None:
        """Set the limits of an answer: `patience` in seconds, `largest` in bytes. `tls` has trusted certificates."""
        self._largest, self._patience = largest, patience
        hooks = {"response": [self._limit_body]}
        plain = {"Accept-Encoding": "identity"}  # no compression, so that the bytes counted are the bytes kept
        kwargs = {"verify": tls, "event_hooks": hooks, "headers": plain}
        super().__init__(read_timeout=patience, httpx_kwargs=kwargs)

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, *args: Any, **kwargs: Any
    ) -> tuple[int, bytes]:
        """Send a request and read the whole answer.

        Raises TelegramError on failure, or if the answer takes too long.
        """
        uploads = request_data is not None and request_data.contains_files
        try:
            async with asyncio.timeout(self._patience + _OVERHEAD + (_UPLOAD if uploads else 0.0)):
                return await super().do_request(url, method, request_data, *args, **kwargs)
        except TimeoutError:
            raise TimedOut from None

    @staticmethod
    def parse_json_payload(payload: bytes) -> JSONDict:
        """Return the answer as a JSON object. Raises TelegramError if it is not an object, or nested too deeply."""
        try:
            answer = HTTPXRequest.parse_json_payload(payload)
        except RecursionError:
            raise TelegramError("too deep") from None
        if not isinstance(answer, dict):
            raise TelegramError("no object")
        if "result" not in answer and answer.get("ok", True):
            raise TelegramError("no result")
        return _sanitised(answer)

    async def _limit_body(self, response: httpx.Response) -> None:
        stream = response.stream
        if response.headers.get("Content-Encoding", "identity") != "identity":
            raise httpx.DecodingError("answer is compressed", request=response.request)
        if isinstance(stream, httpx.AsyncByteStream):
            response.stream = _Counted(stream, self._largest, response.request)


class _Counted(httpx.AsyncByteStream):
    """A response body that raises an error once it exceeds its size limit."""

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


def _sanitised(answer: JSONDict) -> JSONDict:
    """Return the answer without values on which the library fails, such as a wait that is no number."""
    if not isinstance(answer.get("description", ""), str):
        del answer["description"]
    if "parameters" in answer:
        parameters = answer.pop("parameters")
        by_name = parameters if isinstance(parameters, dict) else {}
        valid = {name: value for name, value in by_name.items() if type(value) is int}
        if "retry_after" in valid:
            valid["retry_after"] = min(max(valid["retry_after"], 1), _LONGEST_WAIT)
        answer["parameters"] = valid
    return answer
