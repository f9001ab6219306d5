"""What every front door needs: a limit on bodies, refusals that are counted, errors as HTTP."""

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
_SETUP = "the service is not set up right: its operator is told"
_AT_ONCE = "somebody else wrote the same in this moment: look at it, and try again"
ErrorPage = Callable[[Request, int], Response | None]  # for a request and a status; None if JSON answers it
_TRY_AGAIN = "5"  # seconds; providers that do not read it have their own pace


class Refusals:
    """Counts requests that did not prove where they come from; the log line holds nothing of theirs."""

    def __init__(self, provider: str) -> None:
        """`provider` names whom they claim to be."""
        self._provider = provider
        self.count = 0

    def note(self) -> None:
        """One more."""
        self.count += 1
        log.warning("webhook.refused", provider=self._provider, count=self.count)


class _TooLarge(HTTPException):  # as such, so that FastAPI does not take it for a body it cannot parse
    def __init__(self, most: int) -> None:
        super().__init__(413, f"the body is larger than {most // 1024} KiB")


class LimitBody:
    """Middleware that answers 413 to a body over 64 KiB, announced or not, without reading on."""

    def __init__(self, app: ASGIApp, larger: Mapping[str, int] | None = None) -> None:
        """`larger` gives the bytes that paths of a pattern take, such as those for pictures."""
        self._app = app
        self._larger = [(re.compile(pattern), most) for pattern, most in (larger or {}).items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, counting its body."""
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
            await refusals.answer(scope, 413, error.detail)(scope, receive, send)

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


def spreadsheet(name: str) -> dict[str, Any]:
    """How an answer is sent that is a file for a spreadsheet: saved under this name, kept by nobody on the way."""
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"', "Cache-Control": "no-store"}
    return {"media_type": "text/csv; charset=utf-8", "headers": headers}


def _no_page(_request: Request, _status: int) -> Response | None:
    return None


def _in_words(request: Request, error: Exception) -> Response:
    """What answers an error of the domain."""
    status = next((status for kind, status in _STATUS if isinstance(error, kind)), 500)
    if isinstance(error, Invalid) and status == 422:
        return refusals.not_valid(request.scope, error)
    if status < 500:
        return refusals.answer(request.scope, status, str(error))
    tracing.note(request.scope, error.__cause__ or error)
    words = _SETUP if isinstance(error, WrongSetup) else str(error)
    return refusals.answer(request.scope, status, words, headers={"Retry-After": _TRY_AGAIN})


def _of_http(request: Request, error: StarletteHTTPException) -> Response:
    """What answers an error that Starlette or FastAPI raise: an address or a method that is not there, a body."""
    words = {404: "there is nothing at this address", 405: f"this address knows no {request.method}"}
    usual = HTTPStatus(error.status_code).phrase
    detail = words.get(error.status_code, usual) if error.detail == usual else str(error.detail)
    more = {"Allow": address_words.allowed(request)} if error.status_code == 405 else error.headers
    return refusals.answer(request.scope, error.status_code, detail, headers=more)


def map_errors(app: FastAPI, page: ErrorPage = _no_page) -> None:
    """Answer errors with their status: as a `page` if there is one for the request, else in the JSON of `refusals`."""

    def answered(request: Request, answer: Response) -> Response:
        shown = page(request, answer.status_code)
        if shown is None:
            return answer
        kept = ("Allow", "Retry-After", "WWW-Authenticate", tracing.HEADER)
        shown.headers.update({name: answer.headers[name] for name in kept if name in answer.headers})
        return shown

    @app.exception_handler(SawtError)
    async def _answer(request: Request, error: Exception) -> Response:
        return answered(request, _in_words(request, error))

    @app.exception_handler(IntegrityError)
    async def _twice(request: Request, _error: Exception) -> Response:
        log.warning("web.twice")  # no more of it: the error may hold what was written
        return answered(request, refusals.answer(request.scope, 409, _AT_ONCE))

    @app.exception_handler(RequestValidationError)
    async def _explain(request: Request, error: RequestValidationError) -> Response:
        return answered(request, refusals.not_well_formed(request.scope, error.errors()))

    @app.exception_handler(StarletteHTTPException)
    async def _refuse(request: Request, error: StarletteHTTPException) -> Response:
        return answered(request, _of_http(request, error))

    @app.exception_handler(Exception)
    async def _fail(request: Request, _error: Exception) -> Response:
        number = {tracing.HEADER: tracing.number(request.scope)}  # what numbers the others is passed by
        return answered(request, refusals.answer(request.scope, 500, "Internal Server Error", headers=number))
