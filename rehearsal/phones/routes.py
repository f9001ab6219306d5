"""The routes of the page of phones: the page, its files, its state by long poll, and what a person does on a phone."""

import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from rehearsal.network import Network
from rehearsal.phones.view import handsets, page_state, people
from rehearsal.telegram.user import TelegramUser
from rehearsal.twilio.phone import Phone
from rehearsal.web import SafeJSON, content_type

_STATIC = Path(__file__).parent.parent / "static"
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_SAFE = {"Content-Security-Policy": _POLICY, "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}

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
    await user.send(_text(wish), reply_to=int(wish["message"]), wait=False)


async def _forward(user: TelegramUser, wish: Wish) -> None:
    await user.send(_text(wish), forwarded=True, wait=False)


async def _late(user: TelegramUser, wish: Wish) -> None:
    await user.send(_text(wish), ago=int(wish.get("ago", _AGO)), wait=False)


async def _show(user: TelegramUser, wish: Wish) -> None:
    await user.show(str(wish["kind"]), _text(wish), wait=False)


async def _edit(user: TelegramUser, wish: Wish) -> None:
    message = wish.get("message")
    await user.edit(_text(wish), None if message is None else int(message), wait=False)


async def _react(user: TelegramUser, wish: Wish) -> None:
    message = wish.get("message")
    await user.react(str(wish["sign"]), None if message is None else int(message), wait=False)


def _text(wish: Wish) -> str:
    return str(wish.get("text", ""))


_ACTIONS: dict[str, Callable[[TelegramUser, Wish], Awaitable[None]]] = {
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
_SMS: dict[str, dict[str, Any]] = {"send": {}, "again": {"again": True}, "mms": {"media": 1}, "slow": {"delay": 10.0}}


def phone_routes(network: Network) -> list[BaseRoute]:
    """The routes; all of the page's links are relative, so that it works under any mount."""
    page = _Page(network)
    return [
        Route("/phones", page.show),
        Route("/phones/state", page.state),
        Route("/phones/photo/{photo}", page.photo),
        Route("/phones/{phone}/{action}", page.act, methods=["POST"]),
        Mount("/static", StaticFiles(directory=_STATIC)),
    ]


class _Page:
    def __init__(self, network: Network) -> None:
        self._network = network

    async def show(self, request: Request) -> Response:  # noqa: ARG002
        """The page itself; it is the same for everyone."""
        return FileResponse(_STATIC / "phones.html", headers=_SAFE)

    async def state(self, request: Request) -> Response:
        """The state, as soon as it is another than the one the page knows, or after a few seconds."""
        activity = self._network.activity
        since = request.query_params.get("since")
        wait = self._network.settings.poll_ceiling
        await activity.within(wait, lambda: str(activity.version) != since)
        return SafeJSON(page_state(self._network), headers=_SAFE)

    async def photo(self, request: Request) -> Response:
        """A picture that the bot sent."""
        data = self._network.bot.photos.get(request.path_params["photo"])
        if data is None:
            return PlainTextResponse("no such picture", 404)
        return Response(data, media_type="image/png" if data.startswith(b"\x89PNG") else "image/jpeg", headers=_SAFE)

    async def act(self, request: Request) -> Response:
        """Do one thing on one phone. JSON only, which no other site's page may send here unasked."""
        if content_type(request.headers) != "application/json":
            return PlainTextResponse("JSON only", 415)
        name, action = request.path_params["phone"], request.path_params["action"]
        try:
            wish = dict(json.loads(await request.body()))
            await self._do(name, action, wish)
        except (LookupError, ValueError, TypeError):
            return PlainTextResponse("no such phone, action or button", 400)
        return Response(status_code=204)

    async def _do(self, name: str, action: str, wish: Wish) -> None:
        if action in _SMS and (handset := handsets(self._network).get(name)):
            self._network.activity.spawn("SMS typed on the page", _type(handset, _text(wish), **_SMS[action]))
        else:
            await _ACTIONS[action](people(self._network)[name], wish)


async def _type(handset: Phone, text: str, **how: Any) -> None:
    await handset.send(text, **how)
