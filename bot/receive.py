"""How updates reach the service: a webhook with a secret header, or polling where there is no public address."""

from __future__ import annotations

import asyncio
import hmac
import json
from collections.abc import Awaitable, Callable, Iterable, Sequence
from itertools import count
from typing import Any

import structlog
from fastapi import APIRouter, Request, Response
from telegram import Bot, Update
from telegram.error import InvalidToken, TelegramError
from telegram.request import HTTPXRequest

from api.errors import Unavailable
from api.web import Refusals
from bot.incoming import ALLOWED

log = structlog.get_logger(__name__)

Hear = Callable[[Update], Awaitable[None]]
JSONDict = dict[str, Any]

PATH = "/telegram/webhook"
_LONG_POLL = 25  # seconds Telegram may hold an empty answer back
_PAUSE = 2.0  # seconds to wait after a failure
_REST = 60.0  # seconds to wait where only staff can help


def router(bot: Bot, hear: Hear, *, secret: str) -> APIRouter:
    """The webhook. It answers 200 once an update is handled to its end, so that Telegram repeats what a crash lost."""
    refusals = Refusals("telegram")

    async def webhook(request: Request) -> Response:
        given = request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")
        if not hmac.compare_digest(given.encode(), secret.encode()):
            refusals.note()
            return Response(status_code=403)
        try:
            update = read(json.loads(await request.body()), bot)
        except (ValueError, RecursionError):  # not JSON, or nested past all reason
            log.warning("telegram.malformed")
            update = None
        if update is not None:
            await _hear(hear, update)
        return Response(status_code=200)

    found = APIRouter()
    found.add_route(PATH, webhook, methods=["POST"])
    return found


async def register(bot: Bot, *, url: str, secret: str) -> None:
    """Tell Telegram where the webhook is; tries until it hears."""
    for failures in count(1):
        try:
            await bot.initialize()
            await bot.set_webhook(url, secret_token=secret, allowed_updates=ALLOWED)
            return
        except TelegramError as problem:
            await _rest(problem, failures)


async def poll(bot: Bot, hear: Hear) -> None:
    """Fetch updates for ever. An update is confirmed only after it was handled, so a crash loses none."""
    offset, cleared, failures = 0, False, 0
    while True:
        try:
            if not cleared:
                await bot.initialize()
                cleared = await bot.delete_webhook()
            found = await bot.get_updates(
                offset, timeout=_LONG_POLL, allowed_updates=ALLOWED, read_timeout=_LONG_POLL + 5
            )
            await _handle(hear, found)
            offset, failures = found[-1].update_id + 1 if found else offset, 0
        except TelegramError as problem:
            failures += 1
            await _rest(problem, failures)
        except Unavailable:
            log.warning("telegram.unavailable")
            await asyncio.sleep(_PAUSE)
        except Exception as problem:  # whatever the library makes of an odd answer must not end it for good
            log.error("telegram.receive", error=type(problem).__name__)
            await asyncio.sleep(_PAUSE)


def read(raw: Any, bot: Bot | None) -> Update | None:
    """An update as the library reads it; None, and a log line, where it is malformed."""
    try:
        return Update.de_json(raw, bot)
    except Exception as problem:  # the library raises whatever its constructors do
        log.warning("telegram.malformed", error=type(problem).__name__)
        return None


class UpdatesRequest(HTTPXRequest):
    """Fetches updates; a malformed one is emptied but for its number, so that it neither stops nor repeats the rest.

    One without even a number cannot be confirmed: it is passed over.
    """

    @staticmethod
    def parse_json_payload(payload: bytes) -> JSONDict:
        """The answer, with nothing in it that the library would choke on."""
        answer = HTTPXRequest.parse_json_payload(payload)
        if isinstance(answer.get("result"), list):
            answer["result"] = [
                raw if read(raw, None) is not None else {"update_id": raw["update_id"]}
                for raw in answer["result"]
                if isinstance(raw, dict) and isinstance(raw.get("update_id"), int)
            ]
        return answer


async def _handle(hear: Hear, found: Sequence[Update]) -> None:
    """Handle a batch: each person's updates in order, different people at once."""
    people: dict[int, list[Update]] = {}
    for update in found:
        people.setdefault(update.effective_user.id if update.effective_user else 0, []).append(update)
    await _together(_in_order(hear, updates) for updates in people.values())


async def _together(work: Iterable[Awaitable[None]]) -> None:
    results: Sequence[BaseException | None] = await asyncio.gather(*work, return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            raise result


async def _in_order(hear: Hear, updates: Sequence[Update]) -> None:
    for update in updates:
        await _hear(hear, update)


async def _hear(hear: Hear, update: Update) -> None:
    """Hear an update; what is wrong with one must not hold up or repeat the others."""
    try:
        await hear(update)
    except Unavailable:
        raise
    except Exception as problem:
        log.error("telegram.failed", error=type(problem).__name__)


async def _rest(problem: TelegramError, failures: int) -> None:
    if failures > 1 or isinstance(problem, InvalidToken):  # a connection may break once, and always does at the end
        log.warning("telegram.receive", error=type(problem).__name__, failures=failures)
    await asyncio.sleep(_REST if isinstance(problem, InvalidToken) else _PAUSE)
