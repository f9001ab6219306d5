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

from api.errors import Unavailable, WrongSetup
from api.runtime.failures import describe
from api.runtime.supervisor import Note, backoff, ignore
from api.web.http import Refusals
from bot.ids import is_id, is_sound
from bot.incoming import ALLOWED
from bot.request import LARGEST_BATCH, BotRequest, JSONDict

log = structlog.get_logger(__name__)

Hear = Callable[[Update], Awaitable[None]]

PATH = "/telegram/webhook"
_LONG_POLL = 25  # seconds Telegram may hold an empty answer back
_PAUSE = 2.0  # seconds to wait after a failure; longer each time in a row
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


async def register(bot: Bot, *, url: str, secret: str, note: Note = ignore) -> None:
    """Tell Telegram where the webhook is; tries until it hears. Every try is told to `note`."""
    for failures in count(1):
        try:
            await bot.initialize()
            await bot.set_webhook(url, secret_token=secret, allowed_updates=ALLOWED)
            note(None)
            return
        except Exception as problem:  # whatever the library makes of an odd answer
            note(problem)
            await _rest(problem, failures)


async def poll(bot: Bot, hear: Hear, note: Note = ignore) -> None:
    """Fetch updates for ever. An update is confirmed only after it was handled, so a crash loses none.

    Every round is told to `note`.
    """
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
            note(None)
        except Exception as problem:  # whatever the library makes of an odd answer must not end it for good
            failures += 1
            note(problem)
            await _rest(problem, failures)


def read(raw: Any, bot: Bot | None) -> Update | None:
    """An update as the library reads it; None, and a log line, where it is malformed."""
    try:
        if not is_sound(raw):
            raise ValueError
        return Update.de_json(raw, bot)
    except Exception as problem:  # the library raises whatever its constructors do
        log.warning("telegram.malformed", error=type(problem).__name__)
        return None


class UpdatesRequest(BotRequest):
    """Fetches updates; a malformed one is emptied but for its number, so that it neither stops nor repeats the rest.

    One without even a number cannot be confirmed: it is passed over.
    """

    def __init__(self, *, tls: Any = True) -> None:
        """`tls` says whom we trust."""
        super().__init__(patience=_LONG_POLL + 5, largest=LARGEST_BATCH, tls=tls)

    @staticmethod
    def parse_json_payload(payload: bytes) -> JSONDict:
        """The answer, with nothing in it that the library would choke on. Raises TelegramError if it has no list."""
        answer = BotRequest.parse_json_payload(payload)
        if "result" in answer and not isinstance(answer["result"], list):
            raise TelegramError("no list")
        if isinstance(answer.get("result"), list):
            answer["result"] = [
                raw if read(raw, None) is not None else {"update_id": raw["update_id"]}
                for raw in answer["result"]
                if isinstance(raw, dict) and is_id(raw.get("update_id"))
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
    except (Unavailable, WrongSetup):  # nothing was heard: it comes again
        raise
    except Exception as problem:
        log.error("telegram.failed", **describe(problem))


async def _rest(problem: Exception, failures: int) -> None:
    """Wait after a failure: for the database not long, for staff who must set another token longest."""
    if isinstance(problem, Unavailable):
        log.warning("telegram.unavailable")
        await asyncio.sleep(_PAUSE)
        return
    passing = isinstance(problem, TelegramError) and not isinstance(problem, InvalidToken)
    if failures > 1 or not passing:  # a connection may break once, and always does at the end
        log.warning("telegram.receive", error=type(problem).__name__, failures=failures)
    hopeless = isinstance(problem, InvalidToken)
    await asyncio.sleep(_REST if hopeless else backoff(failures, first=_PAUSE, longest=_REST))
