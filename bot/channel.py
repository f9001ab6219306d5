"""The Telegram channel: hears updates, answers at once, sends what the outbox holds."""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import structlog
from fastapi import APIRouter
from telegram import Bot, CallbackQuery, InputFile, Message, ReplyKeyboardMarkup, Update
from telegram.error import TelegramError

from api.channel import Attachment, Choice, File, Outgoing, Preview, Reply, SendResult, Trail, Unsure, Untraceable
from api.clock import Clock
from api.dialogue.service import Dialogue
from api.outbox import states
from api.outbox.worker.reports import Reports
from api.outbox.write.replies import Spoken
from api.routing import phones
from api.runtime.supervisor import Watch
from bot import incoming, receive
from bot.chat_rate import Pace
from bot.errors import harmless, refused
from bot.pictures import CAPTION, Pictures
from bot.render import LONGEST, keyboard, words
from bot.request import BotRequest, base_of, trusted

log = structlog.get_logger(__name__)

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
        watch: Watch,
        patience: float = 15.0,
        apart: float = 1.0,
        region: str = phones.HOME,
    ) -> None:
        """`api_url` is where the Bot API is spoken, when it is not Telegram itself (the rehearsal).

        `patience` is for an answer, `apart` between two messages to one chat; both in seconds. `region` is the country
        of shared numbers that are written without one. `watch` keeps updates coming.
        """
        os.environ.setdefault("PTB_TIMEDELTA", "1")  # the library's switch for durations as timedelta, its future form
        base = base_of(api_url)
        request, updates = BotRequest(patience=patience, tls=trusted()), receive.UpdatesRequest(tls=trusted())
        self.bot = Bot(token, base_url=base, request=request, get_updates_request=updates)
        self._dialogue, self._reports, self._clock, self._watch = dialogue, reports, clock, watch
        self._webhook_url, self._secret, self._region = webhook_url, secret, region
        self._pace, self._pictures = Pace(time.monotonic, apart=apart), Pictures(self.bot)
        self.router = receive.router(self.bot, self.hear, secret=secret) if secret else APIRouter()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Receive updates as long as the service runs."""
        task = asyncio.create_task(self._watch.supervise("telegram", self._receive))
        try:
            yield
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
            await self.bot.shutdown()

    async def _receive(self) -> None:
        note = self._watch.note("telegram")
        if self._secret:
            await receive.register(self.bot, url=self._webhook_url, secret=self._secret, note=note)
        else:
            await receive.poll(self.bot, self.hear, note)

    async def hear(self, update: Update) -> None:
        """Handle one update to its end. Raises Unavailable where the database is away: it should come again."""
        apart = incoming.elsewhere(update)
        if apart is not None:
            await self._leave(*apart)
            return
        gone = incoming.left(update)
        if gone is not None:
            await self._dialogue.left(channel=self.name, address=str(gone))
            return
        said = incoming.heard(update, now=self._clock(), region=self._region)
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

    async def send(self, message: Outgoing) -> SendResult:
        """Send one message. Raises a SendError."""
        chat, markup = int(message.address), keyboard(message.choices)
        await self._pace.keep(chat)
        try:
            made = await self.bot.send_message(chat, words(message.text), reply_markup=markup)
        except TelegramError as problem:
            raise refused(problem) from None
        except Exception:  # whatever the library makes of a success that is none
            raise Unsure("unreadable") from None
        if not isinstance(made, Message):  # a success without its message: it may have gone out
            raise Unsure("no message")
        await self._attach(chat, message.attachments)
        return SendResult(external_id=str(made.message_id))

    async def announce(self, place: str, text: str) -> None:
        """Write in a public channel, in which the bot is an administrator. Raises a SendError."""
        try:
            await self.bot.send_message(place, text)
        except TelegramError as problem:
            raise refused(problem) from None

    async def trace(self, message: Outgoing, trail: Trail) -> SendResult | None:  # noqa: ARG002
        """The Bot API shows a bot no message that it sent before. Raises Untraceable."""
        raise Untraceable("telegram")

    def preview(self, text: str, choices: Sequence[Choice] = ()) -> Preview:  # noqa: ARG002 - buttons are free too
        """A Telegram message is free and takes 4,096 characters."""
        return Preview(parts=-(-len(text) // LONGEST) or 1, encoding="UTF-8", units=len(text), price=0.0)

    async def _leave(self, chat: int, language: str | None) -> None:
        """Say once that Sawt talks to one person at a time, and go: what is answered among others is seen by all."""
        with contextlib.suppress(TelegramError):  # in a channel it may not write
            await self.bot.send_message(chat, words(self._dialogue.apart(language)))
        with contextlib.suppress(TelegramError):  # it is out already
            await self.bot.leave_chat(chat)

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
            made, picture = await self._write(reply, to)
        except (TelegramError, AttributeError, TypeError, ValueError) as problem:  # or a success that is none
            if not (isinstance(problem, TelegramError) and harmless(problem)):
                log.warning("telegram.reply", error=type(problem).__name__)  # the outbox tries again, and classifies
            return
        number = getattr(made, "message_id", None)  # a success may come without its message
        if number is None:
            log.warning("telegram.reply", error="no message")
            return
        await self._reports.news(spoken.delivery_id, state=states.SENT, external_id=str(number))
        await self._attach(to, reply.attachments, picture)

    async def _write(self, reply: Reply, to: int) -> tuple[Message, bytes | None]:
        """Write a reply, below its picture where it fits there; returns a picture that is still to be sent."""
        text, markup = words(reply.text), keyboard(reply.choices)
        if reply.picture is not None and len(text) <= CAPTION:
            return await self._pictures.send(to, reply.picture, text, markup), None
        return await self.bot.send_message(to, text, reply_markup=markup), reply.picture

    async def _attach(self, chat: int, attachments: Sequence[Attachment], picture: bytes | None = None) -> None:
        """Send what goes along. The text has gone by now: one that fails is left out, and the text never doubled."""
        for each in (*attachments, *filter(None, (picture,))):
            await self._pace.keep(chat)
            try:
                if isinstance(each, bytes):
                    await self._pictures.send(chat, each)
                elif isinstance(each, File):
                    await self.bot.send_document(chat, InputFile(each.content, filename=each.name))
                else:
                    await self.bot.send_venue(chat, each.latitude, each.longitude, each.title, each.address)
            except (TelegramError, ValueError) as problem:  # the library takes a coordinate of 0 for a missing one
                log.warning("telegram.attachment", error=type(problem).__name__)

    async def _edit(self, reply: Reply, tapped: Message | None) -> None:
        markup = keyboard(reply.choices)
        if tapped is None or isinstance(markup, ReplyKeyboardMarkup):  # that one stands below no message
            return
        if reply.text:
            await self._pictures.turn(tapped, words(reply.text), markup, reply.picture)
        else:
            await tapped.edit_reply_markup(markup)
