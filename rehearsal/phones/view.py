"""The state of each phone on the page, as JSON values."""

from typing import Any, TypeVar

from rehearsal.network import Network
from rehearsal.segments import count_parts
from rehearsal.telegram.chat import ChatMessage
from rehearsal.telegram.user import TelegramUser
from rehearsal.twilio.message import Message
from rehearsal.twilio.phone import Phone

_SHOWN = 100  # the most messages shown on a phone
_ALERTS = 3
_APPS = (
    ("fr", "Amina"),
    ("zgh", "Idir"),
)  # app language and name of each Telegram user, repeated if there are more users

T = TypeVar("T")


def handsets(network: Network) -> dict[str, Phone]:
    """Return the page's feature phones by name: sms-1, sms-2 …"""
    numbers = network.settings.phone_numbers
    return {f"sms-{place}": network.phone(number) for place, number in enumerate(numbers, start=1)}


def people(network: Network) -> dict[str, TelegramUser]:
    """Return the page's Telegram users by name: telegram-1, telegram-2 … Missing users are created."""
    users = {}
    for place, user_id in enumerate(network.settings.telegram_ids):
        known = network.bot.users.get(user_id)
        users[f"telegram-{place + 1}"] = known or network.telegram_user(user_id, *_APPS[place % len(_APPS)])
    return users


def page_state(network: Network) -> dict[str, Any]:
    """Return everything that the page shows. `version` changes whenever something shown may have changed."""
    return {
        "version": network.activity.version,
        "alerts": network.alerts[-_ALERTS:],
        "service": {"number": network.settings.service_number, "bot": network.settings.bot_name},
        "phones": {
            **{name: _handset(phone) for name, phone in handsets(network).items()},
            **{name: _app(user) for name, user in people(network).items()},
        },
    }


def _handset(phone: Phone) -> dict[str, Any]:
    return {"number": phone.number, "log": [_sms(message) for message in _latest(phone.log)]}


def _sms(message: Message) -> dict[str, Any]:
    return {
        "id": message.sid,
        "from": "me" if message.direction == "inbound" else "service",
        "text": message.text,
        "time": message.created,
        "parts": count_parts(message.text),
    }


def _app(user: TelegramUser) -> dict[str, Any]:
    return {
        "name": user.profile.first_name,
        "language": user.profile.language_code,
        "blocked": user.profile.blocked,
        "toasts": len(user.toasts),
        "toast": user.toasts[-1] if user.toasts else "",
        "keyboard": [
            [{"text": one["text"], "contact": bool(one.get("request_contact"))} for one in row] for row in user.keyboard
        ],
        "log": [_bubble(message) for message in _latest(user.log) if not message.deleted],
    }


def _bubble(message: ChatMessage) -> dict[str, Any]:
    return {
        "id": message.message_id,
        "from": "me" if message.mine else "service",
        "text": _words(message),
        "entities": message.entities,
        "time": message.date,
        "edited": message.edited,
        "forwarded": message.forwarded,
        "reply": message.reply_to is not None,
        "sign": message.sign,
        "photo": message.photo,
        "buttons": [
            [{"text": one["text"], "data": one.get("callback_data"), "url": one.get("url")} for one in row]
            for row in message.keyboard
        ],
    }


def _words(message: ChatMessage) -> str:
    """Return the text that the page shows for a message."""
    if message.shown:
        kind = next(kind for kind in message.shown if kind != "caption")
        return f"[{kind.replace('_', ' ')}] {message.text}".strip()
    if message.contact:
        return f"☎ {message.contact['phone_number']}"
    if message.venue:
        return f"⚑ {message.venue['title']}, {message.venue['address']}"
    return f"▤ {message.document['file_name']}" if message.document else message.text


def _latest(log: list[T]) -> list[T]:
    return log[-_SHOWN:]
