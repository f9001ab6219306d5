"""Give each request an id. The id appears in the response and in the log of the request's errors."""

from __future__ import annotations

import secrets

import structlog
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.runtime.failures import describe

log = structlog.get_logger(__name__)

HEADER = "X-Request-Id"
_KEY, _CAUSE = "sawt.request", "sawt.cause"


class Trace:
    """Middleware that gives requests an id and logs every 5xx response with method, route, id and cause.

    An id sent by the client is ignored, as it could contain anything.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Give a request an id, then handle the request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope[_KEY] = secrets.token_hex(8)

        async def send_with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                message.setdefault("headers", []).append((HEADER.lower().encode(), request_id(scope).encode()))
                if message["status"] >= 500:
                    _log_failure(scope, message["status"])
            await send(message)

        with structlog.contextvars.bound_contextvars(request=request_id(scope)):
            try:
                await self._app(scope, receive, send_with_id)
            except ClientDisconnect:  # nobody is left to read a response
                log.info("web.client_left", request=request_id(scope))
            except Exception as error:  # the outer error handler answers it with 500
                note_cause(scope, error)
                _log_failure(scope, 500)
                raise


def request_id(scope: Scope) -> str:
    """Return the id of a request."""
    return str(scope.get(_KEY, ""))


def note_cause(scope: Scope, error: BaseException) -> None:
    """Store the error that causes a 5xx response, so that the log can name it."""
    scope[_CAUSE] = error


def _log_failure(scope: Scope, status: int) -> None:
    """Log a 5xx response with its route, status and cause."""
    cause = scope.get(_CAUSE)
    # not the actual address: it may contain a receipt or number
    route = getattr(scope.get("route"), "path", "")
    write = log.warning if status == 503 else log.error  # an unavailable database is logged elsewhere
    write(
        "web.unavailable" if status == 503 else "web.failed",
        request=request_id(scope),
        method=scope["method"] if scope["method"].isalpha() else "?",
        route=route,
        status=status,
        **(describe(cause) if cause is not None else {}),
    )
