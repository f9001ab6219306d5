"""What a person does on a phone of the page, by the name of the gesture."""

from collections.abc import Awaitable, Callable
from typing import Any

from rehearsal.telegram.user import TelegramUser

_AGO = 600  # seconds since a late message was sent

Wish = dict[str, Any]


async def _send(user: TelegramUser, wish: Wish) -> None:
    await user.send(str(wish.get("text", "")), wait=False)


async def _start(user: TelegramUser, wish: Wish) -> None:
    await user.start(str(wish.get("text", "")) or None, wait=False)


async def _tap(user: TelegramUser, wish: Wish) -> None:
    await user.tap_on(int(wish["message"]), str(wish["data"]), wait=False)


async def _contact(user: TelegramUser, wish: Wish) -> None:  # noqa: ARG001 - all actions look alike
    # A number of the person's own: the two last digits are those of their id.
    await user.share_contact(f"+2126000000{user.profile.id % 100:02d}", wait=False)


async def _block(user: TelegramUser, wish: Wish) -> None:  # noqa: ARG001
    await (user.unblock if user.profile.blocked else user.block)(wait=False)


async def _reply(user: TelegramUser, wish: Wish) -> None:
    await user.send(text_of(wish), reply_to=int(wish["message"]), wait=False)


async def _forward(user: TelegramUser, wish: Wish) -> None:
    await user.send(text_of(wish), forwarded=True, wait=False)


async def _late(user: TelegramUser, wish: Wish) -> None:
    await user.send(text_of(wish), ago=int(wish.get("ago", _AGO)), wait=False)


async def _show(user: TelegramUser, wish: Wish) -> None:
    await user.show(str(wish["kind"]), text_of(wish), wait=False)


async def _edit(user: TelegramUser, wish: Wish) -> None:
    message = wish.get("message")
    await user.edit(text_of(wish), None if message is None else int(message), wait=False)


async def _react(user: TelegramUser, wish: Wish) -> None:
    message = wish.get("message")
    await user.react(str(wish["sign"]), None if message is None else int(message), wait=False)


def text_of(wish: Wish) -> str:
    """The words of a wish."""
    return str(wish.get("text", ""))


ACTIONS: dict[str, Callable[[TelegramUser, Wish], Awaitable[None]]] = {
    "send": _send,
    "start": _start,
    "tap": _tap,
    "contact": _contact,
    "block": _block,
    "reply": _reply,
    "forward": _forward,
    "late": _late,
    "show": _show,
    "edit": _edit,
    "react": _react,
}
# How one SMS is sent: as it is; twice, under two ids; with a picture; so that it arrives late.
SMS: dict[str, dict[str, Any]] = {"send": {}, "again": {"again": True}, "mms": {"media": 1}, "slow": {"delay": 10.0}}

_TEXT, _MESSAGE = {"text"}, {"message"}
_NONE: set[str] = set()
# The fields of each wish: those it must have, and those it may.
_FIELDS: dict[str, tuple[set[str], set[str]]] = {
    **dict.fromkeys((*SMS, "forward"), (_TEXT, _NONE)),
    "start": (_NONE, _TEXT),
    "tap": ({"message", "data"}, _NONE),
    "contact": (_NONE, _NONE),
    "block": (_NONE, _NONE),
    "reply": ({"text", "message"}, _NONE),
    "late": (_TEXT, {"ago"}),
    "show": ({"kind"}, _TEXT),
    "edit": (_TEXT, _MESSAGE),
    "react": ({"sign"}, _MESSAGE),
}


def wrong_fields(action: str, wish: Wish) -> str:
    """Which fields a wish lacks, and which no such wish has, in words; "" if there is nothing wrong."""
    needed, more = _FIELDS[action]
    lacking, unknown = sorted(needed - wish.keys()), sorted(wish.keys() - needed - more)
    said = (f"missing: {', '.join(lacking)}" if lacking else "", f"unknown: {', '.join(unknown)}" if unknown else "")
    return "; ".join(filter(None, said))
