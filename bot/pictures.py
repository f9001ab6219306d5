"""Pictures on Telegram: sent with their text as a caption, put in the place of a text, and taken away again."""

from __future__ import annotations

import contextlib
import hashlib

import structlog
from telegram import Bot, InlineKeyboardMarkup, InputMediaPhoto, Message, ReplyKeyboardMarkup
from telegram.error import BadRequest, TelegramError

from bot.errors import harmless

log = structlog.get_logger(__name__)

CAPTION = 1024  # characters (core.telegram.org/bots/api#sendphoto)
_KEPT = 500  # pictures whose ids are remembered


class Pictures:
    """Sends pictures. Each is uploaded once by a process, and from then on named by the id that Telegram gave it."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot
        self._ids: dict[bytes, str] = {}

    async def send(
        self,
        chat: int,
        picture: bytes,
        text: str = "",
        markup: InlineKeyboardMarkup | ReplyKeyboardMarkup | None = None,
    ) -> Message:
        """Send one, its text below; the text alone where Telegram does not take the picture. Raises TelegramError."""
        try:
            made = await self._bot.send_photo(chat, self._named(picture), caption=text or None, reply_markup=markup)
        except BadRequest as problem:
            if not text:
                raise
            log.warning("telegram.picture", error=type(problem).__name__)
            return await self._bot.send_message(chat, text, reply_markup=markup)
        self._learn(picture, made)
        return made

    async def turn(
        self, tapped: Message, text: str, markup: InlineKeyboardMarkup | None, picture: bytes | None
    ) -> None:
        """Put a text, with its picture, in the place of a message. Raises TelegramError.

        A picture that Telegram does not take is left out, so that the text is read in any case.
        """
        if picture is None or len(text) > CAPTION:
            await self._without(tapped, text, markup)
            return
        try:
            made = await tapped.edit_media(InputMediaPhoto(self._named(picture), caption=text), reply_markup=markup)
        except BadRequest as problem:
            if harmless(problem):
                return
            log.warning("telegram.picture", error=type(problem).__name__)
            await self._without(tapped, text, markup)
        else:
            if isinstance(made, Message):
                self._learn(picture, made)

    async def _without(self, tapped: Message, text: str, markup: InlineKeyboardMarkup | None) -> None:
        """A message with a picture can never be one without again: a new one is written, and that is deleted."""
        if not tapped.photo:
            await tapped.edit_text(text, reply_markup=markup)
            return
        await self._bot.send_message(
            tapped.chat_id, text, reply_markup=markup
        )  # first: whoever has none has no question
        with contextlib.suppress(TelegramError):  # older than two days: it stays above the new one
            await tapped.delete()

    def _named(self, picture: bytes) -> bytes | str:
        return self._ids.get(_digest(picture), picture)

    def _learn(self, picture: bytes, made: Message) -> None:
        if made.photo and len(self._ids) < _KEPT:
            self._ids[_digest(picture)] = made.photo[-1].file_id


def _digest(picture: bytes) -> bytes:
    return hashlib.sha256(picture).digest()
