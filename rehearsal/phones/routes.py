"""HTTP routes of the page of phones: the page and its files, its state by long poll, and actions on a phone."""

import json
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from rehearsal.network import Network
from rehearsal.phones.actions import ACTIONS, SMS, Fields, text_of, wrong_fields
from rehearsal.phones.view import handsets, page_state, people
from rehearsal.twilio.phone import Phone
from rehearsal.web import SafeJSON, content_type

_STATIC = Path(__file__).parent.parent / "static"
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_SAFE = {"Content-Security-Policy": _POLICY, "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


def phone_routes(network: Network) -> list[BaseRoute]:
    """Return the routes. The page works below any path, because all its links are relative."""
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
        """Return the HTML page."""
        return FileResponse(_STATIC / "phones.html", headers=_SAFE)

    async def state(self, request: Request) -> Response:
        """Wait a few seconds for a change, and return the state of all phones."""
        activity = self._network.activity
        since = request.query_params.get("since")
        # if the browser shows an older state, this does not wait
        wait = self._network.settings.poll_ceiling
        await activity.within(wait, lambda: str(activity.version) != since)
        return SafeJSON(page_state(self._network), headers=_SAFE)

    async def photo(self, request: Request) -> Response:
        """Return a picture that the bot sent."""
        data = self._network.bot.photos.get(request.path_params["photo"])
        if data is None:
            return PlainTextResponse("no such picture", 404)
        return Response(data, media_type="image/png" if data.startswith(b"\x89PNG") else "image/jpeg", headers=_SAFE)

    async def act(self, request: Request) -> Response:
        """Perform an action on a phone.

        Only JSON is accepted, because pages of other sites cannot send JSON without permission.
        """
        if content_type(request.headers) != "application/json":
            return PlainTextResponse("JSON only", 415)
        name, action = request.path_params["phone"], request.path_params["action"]
        try:
            perform, fields = self._handler(name, action), dict(json.loads(await request.body()))
            if wrong := wrong_fields(action, fields):
                return PlainTextResponse(wrong, 422)
            await perform(fields)
        except (LookupError, ValueError, TypeError):
            return PlainTextResponse("no such phone, action or button", 400)
        return Response(status_code=204)

    def _handler(self, name: str, action: str) -> Callable[[Fields], Awaitable[None]]:
        """Return the function that performs this action on this phone.

        Raises LookupError if there is no such phone or action.
        """
        if action in SMS and (handset := handsets(self._network).get(name)):
            return partial(self._type, handset, SMS[action])
        return partial(ACTIONS[action], people(self._network)[name])

    async def _type(self, handset: Phone, options: dict[str, Any], fields: Fields) -> None:
        self._network.activity.spawn("SMS typed on the page", _send(handset, text_of(fields), **options))


async def _send(handset: Phone, text: str, **options: Any) -> None:
    await handset.send(text, **options)
