"""Code that all HTTP endpoints share: a size limit for requests, a count of refused webhooks, error responses."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import IntegrityError
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import Altered, Conflict, Forbidden, Invalid, NotFound, SawtError, Unavailable, WrongSetup
from api.web import address_words, refusals, tracing

log = structlog.get_logger(__name__)

LARGEST_BODY = 64 * 1024  # bytes
_STATUS: tuple[tuple[type[SawtError], int], ...] = (
    (WrongSetup, 503), (NotFound, 404), (Conflict, 409), (Invalid, 422), (Forbidden, 403), (Altered, 503),
    (Unavailable, 503),
)  # fmt: skip
_SETUP = "the service is not configured correctly; its operator has been notified"
_AT_ONCE = "someone else changed this at the same time: reload and try again"
ErrorPage = Callable[[Request, int], Response | None]  # takes a request and a status; None if JSON is wanted
_TRY_AGAIN = "5"  # seconds; providers that ignore it retry at their own pace


class Refusals:
    """Counts the webhook requests that failed authentication. The content of these requests is not logged."""

    def __init__(self, provider: str) -> None:
        """Count requests that claim to come from `provider`."""
        self._provider = provider
        self.count = 0

    def note(self) -> None:
        """Count one refused request, and log the count."""
        self.count += 1
        log.warning("webhook.refused", provider=self._provider, count=self.count)


class _TooLarge(HTTPException):  # an HTTPException, or FastAPI would report a body it cannot parse
    def __init__(self, most: int) -> None:
        super().__init__(413, f"the body is larger than {most // 1024} KiB")


class LimitBody:
    """Middleware that answers 413 to a body over the limit (64 KiB). The rest of the body is not read."""

    def __init__(self, app: ASGIApp, larger: Mapping[str, int] | None = None) -> None:
        """Limit all bodies. `larger` maps path patterns to a higher limit in bytes, for example for pictures."""
        self._app = app
        self._larger = [(re.compile(pattern), most) for pattern, most in (larger or {}).items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a request, counting the bytes of its body as they are read."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        most = next((most for path, most in self._larger if path.fullmatch(scope["path"])), LARGEST_BODY)
        announced = dict(scope["headers"]).get(b"content-length", b"0")
        try:
            if not announced.isdigit() or int(announced) > most:
                raise _TooLarge(most)
            await self._app(scope, self._counting(receive, most), send)
        except _TooLarge as error:
            await refusals.error_response(scope, 413, error.detail)(scope, receive, send)

    def _counting(self, receive: Receive, most: int) -> Receive:
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > most:
                raise _TooLarge(most)
            return message

        return counted


def csv_download(name: str) -> dict[str, Any]:
    """Return the arguments of a `Response` that browsers save as the file `name`.csv and never cache."""
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"', "Cache-Control": "no-store"}
    return {"media_type": "text/csv; charset=utf-8", "headers": headers}


def _no_page(_request: Request, _status: int) -> Response | None:
    return None


def _domain_error(request: Request, error: Exception) -> Response:
    """Return the response to an error of the domain, such as NotFound or Conflict."""
    status = next((status for kind, status in _STATUS if isinstance(error, kind)), 500)
    if isinstance(error, Invalid) and status == 422:
        return refusals.invalid_response(request.scope, error)
    if status < 500:
        return refusals.error_response(request.scope, status, str(error))
    tracing.note_cause(request.scope, error.__cause__ or error)
    words = _SETUP if isinstance(error, WrongSetup) else str(error)
    return refusals.error_response(request.scope, status, words, headers={"Retry-After": _TRY_AGAIN})


def _http_error(request: Request, error: StarletteHTTPException) -> Response:
    """Return the response to an error that Starlette or FastAPI raised, such as an unknown address."""
    words = {404: "there is nothing at this URL", 405: f"this URL does not support {request.method}"}
    usual = HTTPStatus(error.status_code).phrase
    detail = words.get(error.status_code, usual) if error.detail == usual else str(error.detail)
    headers = {"Allow": address_words.allowed_methods(request)} if error.status_code == 405 else error.headers
    return refusals.error_response(request.scope, error.status_code, detail, headers=headers)


def map_errors(app: FastAPI, page: ErrorPage = _no_page) -> None:
    """Register error handlers. They answer with the result of `page` for the request, or with JSON if that is None."""

    def as_page(request: Request, answer: Response) -> Response:
        html = page(request, answer.status_code)
        if html is None:
            return answer
        copied = ("Allow", "Retry-After", "WWW-Authenticate", tracing.HEADER)
        html.headers.update({name: answer.headers[name] for name in copied if name in answer.headers})
        return html

    @app.exception_handler(SawtError)
    async def _answer(request: Request, error: Exception) -> Response:
        return as_page(request, _domain_error(request, error))

    @app.exception_handler(IntegrityError)
    async def _conflict(request: Request, _error: Exception) -> Response:
        log.warning("web.conflict")  # the error itself is left out: it may contain the data written
        return as_page(request, refusals.error_response(request.scope, 409, _AT_ONCE))

    @app.exception_handler(RequestValidationError)
    async def _explain(request: Request, error: RequestValidationError) -> Response:
        return as_page(request, refusals.validation_response(request.scope, error.errors()))

    @app.exception_handler(StarletteHTTPException)
    async def _refuse(request: Request, error: StarletteHTTPException) -> Response:
        return as_page(request, _http_error(request, error))

    @app.exception_handler(Exception)
    async def _fail(request: Request, _error: Exception) -> Response:
        number = {tracing.HEADER: tracing.request_id(request.scope)}  # this response bypasses the Trace middleware
        return as_page(request, refusals.error_response(request.scope, 500, "Internal Server Error", headers=number))
