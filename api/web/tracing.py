"""Each request has a number of its own: the answer carries it, and so does the log of what went wrong with it."""

from __future__ import annotations

import secrets

import structlog
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.runtime.failures import described

log = structlog.get_logger(__name__)

HEADER = "X-Request-Id"
_KEY, _CAUSE = "sawt.request", "sawt.cause"


class Trace:
    """Middleware that numbers requests and logs every answer from 500 on: method, route, number and what failed.

    A number that comes with a request is not believed: it may hold anything.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, with its number."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope[_KEY] = secrets.token_hex(8)

        async def numbered(message: Message) -> None:
            if message["type"] == "http.response.start":
                message.setdefault("headers", []).append((HEADER.lower().encode(), number(scope).encode()))
                if message["status"] >= 500:
                    _tell(scope, message["status"])
            await send(message)

        with structlog.contextvars.bound_contextvars(request=number(scope)):
            try:
                await self._app(scope, receive, numbered)
            except ClientDisconnect:  # nobody is there to be answered
                log.info("web.left", request=number(scope))
            except Exception as error:  # it is answered further out, with 500
                note(scope, error)
                _tell(scope, 500)
                raise


def number(scope: Scope) -> str:
    """The number of a request."""
    return str(scope.get(_KEY, ""))


def note(scope: Scope, error: BaseException) -> None:
    """What an answer from 500 on is due to."""
    scope[_CAUSE] = error


def _tell(scope: Scope, status: int) -> None:
    """Log it. The route is told as it is declared: the address itself may hold a receipt or a number."""
    cause = scope.get(_CAUSE)
    route = getattr(scope.get("route"), "path", "")
    tell = log.warning if status == 503 else log.error  # a database that is away says so by itself
    tell(
        "web.unavailable" if status == 503 else "web.failed",
        request=number(scope),
        method=scope["method"] if scope["method"].isalpha() else "?",
        route=route,
        status=status,
        **(described(cause) if cause is not None else {}),
    )
