"""Sends pictures on Telegram with a text as caption, and replaces messages by messages with or without a picture."""

from __future__ import annotations

import contextlib
import hashlib

import structlog
from telegram import Bot, InlineKeyboardMarkup, InputMediaPhoto, Message, ReplyKeyboardMarkup
from telegram.error import BadRequest, TelegramError

from bot.errors import is_harmless

log = structlog.get_logger(__name__)

CAPTION = 1024  # characters (core.telegram.org/bots/api#sendphoto)
_MOST_IDS = 500  # maximum number of pictures whose file ids are remembered


class Pictures:
    """Sends pictures. Each process uploads a picture once, and then sends the file id that Telegram returned."""

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
        """Send a picture with a text as its caption. If Telegram refuses the picture, send only the text.

        Raises TelegramError.
        """
        try:
            photo = self._id_or_content(picture)
            message = await self._bot.send_photo(chat, photo, caption=text or None, reply_markup=markup)
        except BadRequest as problem:
            if not text:
                raise
            log.warning("telegram.picture_failed", error=type(problem).__name__)
            return await self._bot.send_message(chat, text, reply_markup=markup)
        self._remember_id(picture, message)
        return message

    async def replace(
        self, tapped: Message, text: str, markup: InlineKeyboardMarkup | None, picture: bytes | None
    ) -> None:
        """Replace the message whose button was tapped by a new text, with a picture if possible.

        Raises TelegramError.
        """
        if picture is None or len(text) > CAPTION:  # a longer text cannot have a picture
            await self._replace_by_text(tapped, text, markup)
            return
        try:
            media = InputMediaPhoto(self._id_or_content(picture), caption=text)
            edited = await tapped.edit_media(media, reply_markup=markup)
        except BadRequest as problem:
            if is_harmless(problem):
                return
            log.warning("telegram.picture_failed", error=type(problem).__name__)
            await self._replace_by_text(tapped, text, markup)
        else:
            if isinstance(edited, Message):
                self._remember_id(picture, edited)

    async def _replace_by_text(self, tapped: Message, text: str, markup: InlineKeyboardMarkup | None) -> None:
        """Replace a message by a text without a picture."""
        if not tapped.photo:
            await tapped.edit_text(text, reply_markup=markup)
            return
        # Telegram cannot remove the picture of a message, so a new message replaces it. Send before deleting, so that
        # the question never disappears.
        await self._bot.send_message(tapped.chat_id, text, reply_markup=markup)
        with contextlib.suppress(TelegramError):  # Telegram deletes no message older than two days; it stays
            await tapped.delete()

    def _id_or_content(self, picture: bytes) -> bytes | str:
        return self._ids.get(_digest(picture), picture)

    def _remember_id(self, picture: bytes, message: Message) -> None:
        if message.photo and len(self._ids) < _MOST_IDS:
            self._ids[_digest(picture)] = message.photo[-1].file_id


def _digest(picture: bytes) -> bytes:
    return hashlib.sha256(picture).digest()
