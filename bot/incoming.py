"""Converts Telegram's updates to `Incoming`, the form in which the dialogue gets a message."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from telegram import (
    Chat,
    ChatMember,
    Contact,
    InlineKeyboardMarkup,
    Message,
    MessageReactionUpdated,
    ReactionTypeEmoji,
    Update,
    User,
)

from api.channel import Hints, Incoming, Kind, Pointer
from api.routing import phones

PROVIDER = "telegram"
ALLOWED = ("message", "edited_message", "callback_query", "my_chat_member", "message_reaction")  # updates to request
_GONE = (ChatMember.BANNED, ChatMember.LEFT)


class Group(NamedTuple):
    """A group or channel, and the language of the person who added the bot or wrote to it there."""

    chat: int
    language: str | None


def from_update(update: Update, *, now: datetime, region: str = phones.HOME) -> Incoming | None:
    """Return what a person sent or tapped in a private chat.

    Return None for groups, and for updates without content (pins, removed reactions).
    """
    if update.callback_query is not None:
        query = update.callback_query
        if query.message is not None and query.message.chat.type != Chat.PRIVATE:
            return None
        return _incoming(update, query.from_user, choice=query.data or "", now=now)
    if update.message_reaction is not None:
        return _reaction(update, update.message_reaction, now=now)
    message = update.message or update.edited_message
    if message is None or message.from_user is None or message.chat.type != Chat.PRIVATE:
        return None
    number = _own_number(message.contact, message.from_user, region) if message.contact is not None else None
    if number is not None:
        return _incoming(update, message.from_user, contact=number, now=now)
    return _message(update, message, message.from_user, now=now)


def group(update: Update) -> Group | None:
    """Return the group or channel where somebody wrote or added the bot; None in a private chat."""
    change, message = update.my_chat_member, update.message
    if change is not None and change.chat.type != Chat.PRIVATE and change.new_chat_member.status not in _GONE:
        return Group(change.chat.id, change.from_user.language_code)
    if message is not None and message.chat.type in (Chat.GROUP, Chat.SUPERGROUP) and message.left_chat_member is None:
        return Group(message.chat.id, message.from_user.language_code if message.from_user else None)
    return None


def blocked_by(update: Update) -> int | None:
    """If somebody has just blocked the bot, return their chat; otherwise None."""
    change = update.my_chat_member
    if change is None or change.chat.type != "private" or change.new_chat_member.status not in _GONE:
        return None
    return change.chat.id


def _message(update: Update, message: Message, user: User, *, now: datetime) -> Incoming | None:
    words, kind = message.text or message.caption or "", _kind(message)
    if not words and kind is not Kind.SHOWN:
        return None
    text, payload = _command(words)
    sent_at = message.edit_date if kind is Kind.EDITED else message.date
    return replace(
        _incoming(update, user, text=text, payload=payload, now=now),
        kind=kind,
        sent_at=sent_at,
        message_id=str(message.message_id),
        pointer=_pointer(message),
    )


def _kind(message: Message) -> Kind:
    """Return the kind of a message: written, edited, forwarded, or with an attachment."""
    if message.edit_date is not None:
        return Kind.EDITED
    if message.forward_origin is not None and (message.text or message.caption):
        return Kind.FORWARDED
    return Kind.SAID if message.effective_attachment is None else Kind.SHOWN


def _pointer(message: Message) -> Pointer | None:
    """If a message replies to one by the bot, return a pointer to the bot's message; otherwise None."""
    replied = message.reply_to_message
    if replied is None or replied.from_user is None or not replied.from_user.is_bot:
        return None
    markup = replied.reply_markup
    rows = markup.inline_keyboard if isinstance(markup, InlineKeyboardMarkup) else ()
    return Pointer(replied.date, tuple(str(key.callback_data) for row in rows for key in row if key.callback_data))


def _reaction(update: Update, change: MessageReactionUpdated, *, now: datetime) -> Incoming | None:
    """Return a reaction as an incoming message; None if a reaction was removed."""
    if change.user is None or change.chat.type != Chat.PRIVATE or not change.new_reaction:
        return None
    signs = [reaction.emoji for reaction in change.new_reaction if isinstance(reaction, ReactionTypeEmoji)]
    incoming = _incoming(update, change.user, text=signs[0] if signs else "", now=now)
    return replace(incoming, kind=Kind.REACTED, sent_at=change.date)


def _incoming(
    update: Update,
    user: User,
    *,
    now: datetime,
    text: str = "",
    choice: str | None = None,
    payload: str | None = None,
    contact: str | None = None,
) -> Incoming:
    return Incoming(
        channel="telegram",
        provider=PROVIDER,
        address=str(user.id),
        text=text,
        choice=choice,
        contact=contact,
        external_id=str(update.update_id),
        received_at=now,
        hints=Hints(app_language=user.language_code, payload=payload, contact=True, ticks=True),
    )


def _own_number(contact: Contact, user: User, region: str) -> str | None:
    """If somebody shared their own contact, return its number (E.164); otherwise None."""
    if contact.user_id != user.id:  # a friend's contact
        return None
    try:
        return phones.e164(contact.phone_number, region)  # written as in the phone book, perhaps with 00 or spaces
    except phones.NotAPhone:
        return None


def _command(text: str) -> tuple[str, str | None]:
    """Return the word of a command without "/", and the payload of a start command: "plan" for "/start plan".

    If the text is no command, return it unchanged, without a payload (None).
    """
    if not text.startswith("/"):
        return text, None
    word, _, rest = text[1:].partition(" ")
    word = word.partition("@")[0]
    return word, (rest.strip() or None) if word.casefold() == "start" else None
