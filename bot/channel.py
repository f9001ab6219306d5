"""The Telegram channel: receives updates, replies at once, and sends the messages that wait in the outbox."""

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
from api.outbox.states import DeliveryState
from api.outbox.worker.reports import Reports
from api.outbox.write.replies import QueuedReply
from api.routing import phones
from api.runtime.supervisor import Watch
from bot import incoming, receive
from bot.chat_rate import ChatRate
from bot.errors import is_harmless, to_send_error
from bot.pictures import CAPTION, Pictures
from bot.render import LONGEST, keyboard, render_text
from bot.request import BotRequest, api_base, trusted_certificates

log = structlog.get_logger(__name__)

_REPLY_TIME = 20.0  # seconds for all replies to one message; after that, the outbox sends the rest


class TelegramChannel:
    """The Telegram channel. It receives updates by webhook if a secret is configured, otherwise by polling."""

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
        chat_interval: float = 1.0,
        region: str = phones.HOME,
    ) -> None:
        """Set up the channel.

        - `api_url` replaces Telegram's own Bot API. The rehearsal uses this.
        - `watch` keeps the receiving task running.
        - `patience` is the time-out of a request, in seconds.
        - `chat_interval` is the pause between messages to one chat, in seconds.
        - `region` is the country of shared phone numbers that have no country code.
        """
        os.environ.setdefault("PTB_TIMEDELTA", "1")  # the library returns durations as timedelta, its future default
        base = api_base(api_url)
        request, updates = (
            BotRequest(patience=patience, tls=trusted_certificates()),
            receive.UpdatesRequest(tls=trusted_certificates()),
        )
        self.bot = Bot(token, base_url=base, request=request, get_updates_request=updates)
        self._dialogue, self._reports, self._clock, self._watch = dialogue, reports, clock, watch
        self._webhook_url, self._secret, self._region = webhook_url, secret, region
        self._rate, self._pictures = ChatRate(time.monotonic, interval=chat_interval), Pictures(self.bot)
        self.router = receive.router(self.bot, self.hear, secret=secret) if secret else APIRouter()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Receive updates while the service runs."""
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
        """Handle one update: usually, pass it to the dialogue and send the replies.

        Raises Unavailable if the database is down; Telegram must then send the update again.
        """
        group = incoming.group(update)
        if group is not None:
            await self._leave(group)
            return
        blocking_chat = incoming.blocked_by(update)
        if blocking_chat is not None:
            await self._dialogue.left(channel=self.name, address=str(blocking_chat))
            return
        message = incoming.from_update(update, now=self._clock(), region=self._region)
        if message is None:
            return
        query = update.callback_query
        if query is not None:
            await self._acknowledge(query)
        tapped = query.message if query is not None and isinstance(query.message, Message) else None
        replies = await self._dialogue.handle(message)
        try:
            async with asyncio.timeout(_REPLY_TIME):
                for reply in replies:
                    await self._say(reply, to=int(message.address), tapped=tapped)
        except TimeoutError:
            log.warning("telegram.replies_slow")  # the outbox sends the rest

    async def send(self, message: Outgoing) -> SendResult:
        """Send one message with its attachments. Raises a SendError."""
        chat, markup = int(message.address), keyboard(message.choices)
        await self._rate.wait_turn(chat)
        try:
            sent = await self.bot.send_message(chat, render_text(message.text), reply_markup=markup)
        except TelegramError as problem:
            raise to_send_error(problem) from None
        except Exception:  # the library may raise anything on a malformed success
            raise Unsure("unreadable") from None
        if not isinstance(sent, Message):  # a success without its message: it may have been sent
            raise Unsure("no message")
        await self._attach(chat, message.attachments)
        return SendResult(external_id=str(sent.message_id))

    async def announce(self, place: str, text: str) -> None:
        """Post a text in a public channel where the bot is an administrator. Raises a SendError."""
        try:
            await self.bot.send_message(place, text)
        except TelegramError as problem:
            raise to_send_error(problem) from None

    async def trace(self, message: Outgoing, trail: Trail) -> SendResult | None:  # noqa: ARG002
        """Raise Untraceable, because the Bot API never shows a bot the messages it sent."""
        raise Untraceable("telegram")

    def preview(self, text: str, choices: Sequence[Choice] = ()) -> Preview:  # noqa: ARG002 - buttons are free too
        """Return the size of a text. A message on Telegram is free, and has up to 4,096 characters."""
        return Preview(parts=-(-len(text) // LONGEST) or 1, encoding="UTF-8", units=len(text), price=0.0)

    async def _leave(self, group: incoming.Group) -> None:
        """Leave a group, after telling it that Sawt talks to one person at a time."""
        # in a group, everybody could read what a person answers
        with contextlib.suppress(TelegramError):  # in a channel it may not be allowed to write
            await self.bot.send_message(group.chat, render_text(self._dialogue.apart(group.language)))
        with contextlib.suppress(TelegramError):  # the bot is not a member any more
            await self.bot.leave_chat(group.chat)

    async def _acknowledge(self, query: CallbackQuery) -> None:
        """Confirm a tap on a button at once, because Telegram waits only a few seconds."""
        try:
            await query.answer()
        except TelegramError as problem:
            if not is_harmless(problem):
                log.warning("telegram.acknowledge_failed", error=type(problem).__name__)

    async def _say(self, queued: QueuedReply, *, to: int, tapped: Message | None) -> None:
        reply = queued.reply
        try:
            if queued.delivery_id is None:
                await self._edit(reply, tapped)
                return
            sent, picture = await self._write(reply, to)
        except (TelegramError, AttributeError, TypeError, ValueError) as problem:  # or a malformed success
            if not (isinstance(problem, TelegramError) and is_harmless(problem)):
                log.warning(
                    "telegram.reply_failed", error=type(problem).__name__
                )  # the outbox tries again and classifies it
            return
        message_id = getattr(sent, "message_id", None)  # a success may lack its message
        if message_id is None:
            log.warning("telegram.reply_failed", error="no message")
            return
        await self._reports.update(queued.delivery_id, state=DeliveryState.SENT, external_id=str(message_id))
        await self._attach(to, reply.attachments, picture)

    async def _write(self, reply: Reply, to: int) -> tuple[Message, bytes | None]:
        """Send a reply. Return the message, and the picture if it must still be sent."""
        # a picture can go with the text only if the text fits into a caption
        text, markup = render_text(reply.text), keyboard(reply.choices)
        if reply.picture is not None and len(text) <= CAPTION:
            return await self._pictures.send(to, reply.picture, text, markup), None
        return await self.bot.send_message(to, text, reply_markup=markup), reply.picture

    async def _attach(self, chat: int, attachments: Sequence[Attachment], picture: bytes | None = None) -> None:
        """Send attachments after their text.

        An attachment that fails is skipped: trying again would send the text twice.
        """
        for attachment in (*attachments, *filter(None, (picture,))):
            await self._rate.wait_turn(chat)
            try:
                if isinstance(attachment, bytes):
                    await self._pictures.send(chat, attachment)
                elif isinstance(attachment, File):
                    await self.bot.send_document(chat, InputFile(attachment.content, filename=attachment.name))
                else:
                    await self.bot.send_venue(
                        chat, attachment.latitude, attachment.longitude, attachment.title, attachment.address
                    )
            except (TelegramError, ValueError) as problem:  # the library treats a coordinate of 0 as missing
                log.warning("telegram.attachment_failed", error=type(problem).__name__)

    async def _edit(self, reply: Reply, tapped: Message | None) -> None:
        markup = keyboard(reply.choices)
        if tapped is None or isinstance(markup, ReplyKeyboardMarkup):  # a reply keyboard belongs to no message
            return
        if reply.text:
            await self._pictures.replace(tapped, render_text(reply.text), markup, reply.picture)
        else:
            await tapped.edit_reply_markup(markup)
