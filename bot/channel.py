"""The Telegram channel: hears updates, answers at once, sends what the outbox holds."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import structlog
from fastapi import APIRouter
from telegram import Bot, CallbackQuery, Message, Update
from telegram.error import TelegramError
from telegram.request import HTTPXRequest

from api.channel import Choice, Outgoing, Preview, Receipt, Reply
from api.clock import Clock
from api.dialogue.service import Dialogue
from api.outbox import states
from api.outbox.replies import Spoken
from api.outbox.reports import Reports
from bot import incoming, receive
from bot.errors import harmless, refused
from bot.render import LONGEST, keyboard, words

log = structlog.get_logger(__name__)

_API = "https://api.telegram.org"
_REPLY_TIME = 20.0  # seconds for all of a turn's messages: well within those after which the outbox takes over


class TelegramChannel:
    """Ears and a mouth on Telegram, by webhook where a secret is given, else by polling."""

    name = "telegram"

    def __init__(
        self,
        *,
        token: str,
        api_url: str,
        webhook_url: str,
        secret: str,
        dialogue: Dialogue,
        reports: Reports,
        clock: Clock,
    ) -> None:
        """`api_url` is where the Bot API is spoken, when it is not Telegram itself (the rehearsal)."""
        os.environ.setdefault("PTB_TIMEDELTA", "1")  # the library's switch for durations as timedelta, its future form
        base = (api_url or _API).rstrip("/") + "/bot"
        self.bot = Bot(token, base_url=base, request=HTTPXRequest(), get_updates_request=receive.UpdatesRequest())
        self._dialogue, self._reports, self._clock = dialogue, reports, clock
        self._webhook_url, self._secret = webhook_url, secret
        self.router = receive.router(self.bot, self.hear, secret=secret) if secret else APIRouter()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Receive updates as long as the service runs."""
        if self._secret:
            work = receive.register(self.bot, url=self._webhook_url, secret=self._secret)
        else:
            work = receive.poll(self.bot, self.hear)
        task = asyncio.create_task(work)
        try:
            yield
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
            await self.bot.shutdown()

    async def hear(self, update: Update) -> None:
        """Handle one update to its end. Raises Unavailable where the database is away: it should come again."""
        gone = incoming.left(update)
        if gone is not None:
            await self._dialogue.left(channel=self.name, address=str(gone))
            return
        said = incoming.heard(update, now=self._clock())
        if said is None:
            return
        query = update.callback_query
        if query is not None:
            await self._acknowledge(query)
        tapped = query.message if query is not None and isinstance(query.message, Message) else None
        spoken = await self._dialogue.handle(said)
        try:
            async with asyncio.timeout(_REPLY_TIME):
                for each in spoken:
                    await self._say(each, to=int(said.address), tapped=tapped)
        except TimeoutError:
            log.warning("telegram.slow")  # the outbox takes the rest over

    async def send(self, message: Outgoing) -> Receipt:
        """Send one message. Raises a SendError."""
        markup = keyboard(message.choices)
        try:
            made = await self.bot.send_message(int(message.address), words(message.text), reply_markup=markup)
        except TelegramError as problem:
            raise refused(problem) from None
        return Receipt(external_id=str(made.message_id))

    def preview(self, text: str, choices: Sequence[Choice] = ()) -> Preview:  # noqa: ARG002 - buttons are free too
        """A Telegram message is free and takes 4,096 characters."""
        return Preview(parts=-(-len(text) // LONGEST) or 1, encoding="UTF-8", units=len(text), price=0.0)

    async def _acknowledge(self, query: CallbackQuery) -> None:
        """Stop the button's clock before anything else: Telegram waits only seconds for it."""
        try:
            await query.answer()
        except TelegramError as problem:
            if not harmless(problem):
                log.warning("telegram.acknowledge", error=type(problem).__name__)

    async def _say(self, spoken: Spoken, *, to: int, tapped: Message | None) -> None:
        reply = spoken.reply
        try:
            if spoken.delivery_id is None:
                await self._edit(reply, tapped)
                return
            made = await self.bot.send_message(to, words(reply.text), reply_markup=keyboard(reply.choices))
        except TelegramError as problem:
            if not harmless(problem):
                log.warning("telegram.reply", error=type(problem).__name__)  # the outbox tries again, and classifies
            return
        await self._reports.news(spoken.delivery_id, state=states.SENT, external_id=str(made.message_id))

    async def _edit(self, reply: Reply, tapped: Message | None) -> None:
        if tapped is not None:
            await tapped.edit_reply_markup(keyboard(reply.choices))
