"""Receives updates: by a webhook with a secret header, or by polling if the service has no public address."""

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
_LONG_POLL = 25  # seconds that Telegram may wait for updates before an empty answer
_PAUSE = 2.0  # seconds to wait after a failure; longer after several in a row
_REST = 60.0  # seconds to wait if only staff can help


def router(bot: Bot, hear: Hear, *, secret: str) -> APIRouter:
    """Return a router with the webhook, which passes each update to `hear`.

    It answers 200 only after an update is handled. After a crash, Telegram sends the update again.
    """
    refusals = Refusals("telegram")

    async def webhook(request: Request) -> Response:
        header = request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")
        if not hmac.compare_digest(header.encode(), secret.encode()):
            refusals.note()
            return Response(status_code=403)
        try:
            update = parse_update(json.loads(await request.body()), bot)
        except (ValueError, RecursionError):  # not JSON, or nested too deeply
            log.warning("telegram.malformed_update")
            update = None
        if update is not None:
            await _hear(hear, update)
        return Response(status_code=200)

    api_router = APIRouter()
    api_router.add_route(PATH, webhook, methods=["POST"])
    return api_router


async def register(bot: Bot, *, url: str, secret: str, note: Note = ignore) -> None:
    """Tell Telegram the address of the webhook. Try until this succeeds. Each attempt is reported to `note`."""
    for failures in count(1):
        try:
            await bot.initialize()
            await bot.set_webhook(url, secret_token=secret, allowed_updates=ALLOWED)
            note(None)
            return
        except Exception as problem:  # the library may raise anything on an odd answer
            note(problem)
            await _wait_after(problem, failures)


async def poll(bot: Bot, hear: Hear, note: Note = ignore) -> None:
    """Fetch updates until the task is cancelled, and pass each one to `hear`.

    An update is confirmed only after it was handled, so a crash loses none. Each round is reported to `note`.
    """
    offset, cleared, failures = 0, False, 0
    while True:
        try:
            if not cleared:
                await bot.initialize()
                cleared = await bot.delete_webhook()
            updates = await bot.get_updates(
                offset, timeout=_LONG_POLL, allowed_updates=ALLOWED, read_timeout=_LONG_POLL + 5
            )
            await _handle(hear, updates)
            offset, failures = updates[-1].update_id + 1 if updates else offset, 0
            note(None)
        except Exception as problem:  # the library may raise anything on an odd answer, and polling must go on
            failures += 1
            note(problem)
            await _wait_after(problem, failures)


def parse_update(raw: Any, bot: Bot | None) -> Update | None:
    """Return the library's object for an update. If the update is malformed, log this and return None."""
    try:
        if not is_sound(raw):
            raise ValueError
        return Update.de_json(raw, bot)
    except Exception as problem:  # the library's constructors may raise anything
        log.warning("telegram.malformed_update", error=type(problem).__name__)
        return None


class UpdatesRequest(BotRequest):
    """The request with which the library fetches updates.

    A malformed update is reduced to its id, so that it can be confirmed and does not come again. If an update has no
    valid id, it is skipped.
    """

    def __init__(self, *, tls: Any = True) -> None:
        """Set up the request. `tls` gives the trusted certificates."""
        super().__init__(patience=_LONG_POLL + 5, largest=LARGEST_BATCH, tls=tls)

    @staticmethod
    def parse_json_payload(payload: bytes) -> JSONDict:
        """Return the answer, without updates on which the library would fail.

        Raises TelegramError if the answer's result is not a list.
        """
        answer = BotRequest.parse_json_payload(payload)
        if "result" in answer and not isinstance(answer["result"], list):
            raise TelegramError("no list")
        if isinstance(answer.get("result"), list):
            answer["result"] = [
                raw if parse_update(raw, None) is not None else {"update_id": raw["update_id"]}
                for raw in answer["result"]
                if isinstance(raw, dict) and is_id(raw.get("update_id"))
            ]
        return answer


async def _handle(hear: Hear, batch: Sequence[Update]) -> None:
    """Handle a batch of updates. Each person's updates stay in order; different people are handled at the same time."""
    people: dict[int, list[Update]] = {}
    for update in batch:
        people.setdefault(update.effective_user.id if update.effective_user else 0, []).append(update)
    await _all_done(_in_order(hear, updates) for updates in people.values())


async def _all_done(work: Iterable[Awaitable[None]]) -> None:
    results: Sequence[BaseException | None] = await asyncio.gather(*work, return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            raise result


async def _in_order(hear: Hear, updates: Sequence[Update]) -> None:
    for update in updates:
        await _hear(hear, update)


async def _hear(hear: Hear, update: Update) -> None:
    """Handle an update. Unexpected errors are only logged, so that the other updates go on.

    Raises Unavailable or WrongSetup if the update must come again.
    """
    try:
        await hear(update)
    except (Unavailable, WrongSetup):  # nothing was saved, so Telegram must send the update again
        raise
    except Exception as problem:
        log.error("telegram.update_failed", **describe(problem))


async def _wait_after(problem: Exception, failures: int) -> None:
    """Wait after a failure, before the next try. The wait depends on what failed, and how often in a row."""
    if isinstance(problem, Unavailable):  # the database is down
        log.warning("telegram.storage_unavailable")
        await asyncio.sleep(_PAUSE)
        return
    is_transient = isinstance(problem, TelegramError) and not isinstance(problem, InvalidToken)
    if failures > 1 or not is_transient:  # one lost connection is normal, also at shutdown
        log.warning("telegram.polling_failed", error=type(problem).__name__, failures=failures)
    needs_staff = isinstance(problem, InvalidToken)  # trying soon is useless: staff must replace the token
    await asyncio.sleep(_REST if needs_staff else backoff(failures, first=_PAUSE, longest=_REST))
