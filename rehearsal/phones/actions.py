"""What people can do on a phone of the page, such as send or tap. Each action has a name and a function."""

from collections.abc import Awaitable, Callable
from typing import Any

from rehearsal.telegram.user import TelegramUser

_AGO = 600  # default age of a late message, in seconds

Fields = dict[str, Any]


async def _send(user: TelegramUser, fields: Fields) -> None:
    await user.send(str(fields.get("text", "")), wait=False)


async def _start(user: TelegramUser, fields: Fields) -> None:
    await user.start(str(fields.get("text", "")) or None, wait=False)


async def _tap(user: TelegramUser, fields: Fields) -> None:
    await user.tap_on(int(fields["message"]), str(fields["data"]), wait=False)


async def _contact(user: TelegramUser, fields: Fields) -> None:  # noqa: ARG001 - all actions look alike
    # The number ends in the last two digits of the user's id.
    await user.share_contact(f"+2126000000{user.profile.id % 100:02d}", wait=False)


async def _block(user: TelegramUser, fields: Fields) -> None:  # noqa: ARG001
    await (user.unblock if user.profile.blocked else user.block)(wait=False)


async def _reply(user: TelegramUser, fields: Fields) -> None:
    await user.send(text_of(fields), reply_to=int(fields["message"]), wait=False)


async def _forward(user: TelegramUser, fields: Fields) -> None:
    await user.send(text_of(fields), forwarded=True, wait=False)


async def _late(user: TelegramUser, fields: Fields) -> None:
    await user.send(text_of(fields), ago=int(fields.get("ago", _AGO)), wait=False)


async def _show(user: TelegramUser, fields: Fields) -> None:
    await user.show(str(fields["kind"]), text_of(fields), wait=False)


async def _edit(user: TelegramUser, fields: Fields) -> None:
    message = fields.get("message")
    await user.edit(text_of(fields), None if message is None else int(message), wait=False)


async def _react(user: TelegramUser, fields: Fields) -> None:
    message = fields.get("message")
    await user.react(str(fields["sign"]), None if message is None else int(message), wait=False)


def text_of(fields: Fields) -> str:
    """Return the text among the fields of an action; return "" if there is none."""
    return str(fields.get("text", ""))


ACTIONS: dict[str, Callable[[TelegramUser, Fields], Awaitable[None]]] = {
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
# Ways to send an SMS: normally, twice with two ids, with a picture, or so that it arrives late.
SMS: dict[str, dict[str, Any]] = {"send": {}, "again": {"again": True}, "mms": {"media": 1}, "slow": {"delay": 10.0}}

_TEXT, _MESSAGE = {"text"}, {"message"}
_NONE: set[str] = set()
# The required and the optional fields of each action.
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


def wrong_fields(action: str, fields: Fields) -> str:
    """Return an error that names missing and unknown fields; return "" if the fields are right."""
    required, optional = _FIELDS[action]
    missing, unknown = sorted(required - fields.keys()), sorted(fields.keys() - required - optional)
    problems = (
        f"missing: {', '.join(missing)}" if missing else "",
        f"unknown: {', '.join(unknown)}" if unknown else "",
    )
    return "; ".join(filter(None, problems))
