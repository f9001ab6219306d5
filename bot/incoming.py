"""From Telegram's updates to what the dialogue hears."""

from __future__ import annotations

from datetime import datetime

from telegram import ChatMember, Contact, Update, User

from api import phones
from api.channel import Hints, Incoming

PROVIDER = "telegram"
ALLOWED = ("message", "callback_query", "my_chat_member")  # all that Sawt asks Telegram for
_GONE = (ChatMember.BANNED, ChatMember.LEFT)


def heard(update: Update, *, now: datetime, region: str = phones.HOME) -> Incoming | None:
    """A text, a command, a tap or a contact in a private chat; None for groups, edits and what has no words."""
    if update.callback_query is not None:
        query = update.callback_query
        return _incoming(update, query.from_user, choice=query.data or "", now=now)
    message = update.message
    if message is None or message.from_user is None or message.chat.type != "private":
        return None
    if message.contact is not None:
        number = _own(message.contact, message.from_user, region)
        return _incoming(update, message.from_user, contact=number, now=now)
    words = message.text or message.caption
    if not words:
        return None
    text, payload = _command(words)
    return _incoming(update, message.from_user, text=text, payload=payload, now=now)


def left(update: Update) -> int | None:
    """The chat of a person who just blocked the bot."""
    change = update.my_chat_member
    if change is None or change.chat.type != "private" or change.new_chat_member.status not in _GONE:
        return None
    return change.chat.id


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
        hints=Hints(app_language=user.language_code, payload=payload, contact=True),
    )


def _own(contact: Contact, user: User, region: str) -> str | None:
    """The number (E.164), if it is the sender's own: Telegram says whose it is, and anybody can send a friend's card.

    Apps write it as their phone book does: with or without a plus, with 00, with blanks.
    """
    if contact.user_id != user.id:
        return None
    try:
        return phones.e164(contact.phone_number, region)
    except phones.NotAPhone:
        return None


def _command(text: str) -> tuple[str, str | None]:
    """A command as the word it stands for, and what a deep link carried ("/start plan")."""
    if not text.startswith("/"):
        return text, None
    word, _, rest = text[1:].partition(" ")
    word = word.partition("@")[0]
    return word, (rest.strip() or None) if word.casefold() == "start" else None
