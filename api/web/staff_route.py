"""A route for staff: asks for the token and who acts, answers a repeated request once, says what it may answer."""

from __future__ import annotations

import copy
import dataclasses
import hmac
import json
from collections.abc import Callable, Coroutine
from typing import Annotated, Any
from urllib.parse import unquote

from fastapi import APIRouter, Depends, Header, HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from fastapi.security import HTTPBearer
from pydantic import BeforeValidator

from api import actors, idempotency
from api.web import idempotency_key
from api.web.context import context_of
from api.web.refusals import refused

_BEARER = HTTPBearer(auto_error=False)
_WRITES = {"POST", "PUT", "PATCH", "DELETE"}
_ELSEWHERE = f"say who acts in the header {idempotency_key.ACTOR}"


def _decoded(given: Any) -> Any:
    """A header's value, in UTF-8 as it is, or percent-encoded by a client that can only send ASCII."""
    if not isinstance(given, str):
        return given
    try:
        return unquote(given.encode("latin-1").decode(), errors="strict")
    except UnicodeError:
        raise ValueError("it is no UTF-8") from None


_Name = Annotated[actors.Name, BeforeValidator(_decoded)]


async def _actor(
    given: Annotated[
        _Name, Header(alias=idempotency_key.ACTOR, description="who does this; in UTF-8, or percent-encoded")
    ],
) -> str:
    return given


async def _key(
    _given: Annotated[
        str | None,
        Header(
            alias=idempotency.HEADER,
            min_length=1,
            max_length=255,
            description="yours, new for each act: the same request again within 24 hours is answered as before",
        ),
    ] = None,
) -> None:
    """Only describes the header: it is heeded before the body is read."""


async def _nothing_kept() -> None:
    """Marks a route that only reads, though it is a POST."""


Actor = Annotated[str, Depends(_actor)]  # who acts: accounts will take its place
READS = Depends(_nothing_kept)
_KEY = Depends(_key)


async def require_token(request: Request) -> str:
    """Let in only who carries the application's token, and return it; with no token configured, nobody."""
    given = await _BEARER(request)
    secret = context_of(request).api_token.get_secret_value().encode()
    carried = given.credentials.strip() if given is not None else ""
    if not secret or not hmac.compare_digest(carried.encode(), secret):
        words = "this is not the token" if carried else "a bearer token is needed"
        raise HTTPException(401, words, headers={"WWW-Authenticate": "Bearer"})
    return carried


def _acting(request: Request) -> str:
    """Who acts, as it is read; what is none is refused where it is read."""
    given = request.headers.get(idempotency_key.ACTOR, "")
    try:
        return str(_decoded(given)).strip()
    except ValueError:
        return given


class StaffRoute(APIRoute):
    """Asks for the token before anything of a request is read: FastAPI would parse its body before its dependencies.

    Whatever writes says who acts. What is posted can be repeated under a key.
    """

    def __init__(self, path: str, endpoint: Callable[..., Any], **given: Any) -> None:
        writes = not _WRITES.isdisjoint(given["methods"])
        marks = [*(given["dependencies"] or ())]
        self._keeps = "POST" in given["methods"] and READS not in marks
        super().__init__(path, endpoint, **{**given, "dependencies": [*marks, *([_KEY] if self._keeps else [])]})
        self._acts = any(each.call is _actor for each in _all(self.dependant))
        if writes and not self._acts:
            raise TypeError(f"{path} writes, and does not ask for an Actor: nobody would know who did it")
        self.responses = {**refused(*sorted(self._refusals(writes=writes))), **self.responses}

    def _refusals(self, *, writes: bool) -> set[int]:
        """The statuses that follow from what the route takes; its `responses` add what its act alone may refuse."""
        taken = {parameter.name for each in _all(self.dependant) for parameter in each.path_params}
        asked = any(each.query_params or each.header_params for each in _all(self.dependant))
        reads_body = self.body_field is not None or "requestBody" in (self.openapi_extra or {})
        statuses = {401, 503}
        statuses |= {404, 422} if taken else set()
        statuses |= {422} if asked else set()
        statuses |= {409, 422} if writes else set()
        return statuses | ({400, 413} if reads_body else set())

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """What answers a request."""
        answer = super().get_route_handler()

        async def answer_staff(request: Request) -> Response:
            token = await require_token(request)
            if self._acts and (places := await _misplaced(request)):
                await self._refuse(request, places)
            key = request.headers.get(idempotency.HEADER, "") if self._keeps else ""
            if not key:
                return await answer(request)
            return await idempotency_key.answered(request, key, answer, by=(token, _acting(request)))

        return answer_staff

    async def _refuse(self, request: Request, places: list[tuple[str, str]]) -> None:
        """Refuse a `who` in these places, and whatever else is wrong. Raises RequestValidationError."""
        twin = copy.copy(self)
        twin.dependant = dataclasses.replace(self.dependant, call=_nothing_done)
        found: list[Any] = []
        try:
            await super(StaffRoute, twin).get_route_handler()(request)
        except RequestValidationError as error:
            found = [each for each in error.errors() if each["loc"] not in places]
        raise RequestValidationError([{"type": "misplaced", "loc": at, "msg": _ELSEWHERE} for at in places] + found)


def _all(dependant: Any) -> list[Any]:
    return [dependant, *(found for each in dependant.dependencies for found in _all(each))]


async def _nothing_done(**_given: Any) -> None:
    """In place of an endpoint, where only what is wrong with a request is looked for."""
    raise RequestValidationError([])


async def _misplaced(request: Request) -> list[tuple[str, str]]:
    """Where a `who` stands in a request that used to be taken, and is not any more."""
    places = [("query", "who")] if "who" in request.query_params else []
    if "json" in request.headers.get("Content-Type", "") and b'"who"' in (body := await request.body()):
        try:
            given = json.loads(body)
        except (ValueError, RecursionError):
            return places  # it is refused when it is read
        places += [("body", "who")] if isinstance(given, dict) and "who" in given else []
    return places


def staff_router(path: str = "", *tags: str) -> APIRouter:
    """A router for staff, below /v1: nothing on it answers without the token.

    It carries prefix and token itself, so that an application can take its routes as they are: `include_router` would
    analyse each of them again. The dependency only describes the token in the OpenAPI document.
    """
    return APIRouter(prefix=f"/v1{path}", tags=[*tags], route_class=StaffRoute, dependencies=[Depends(_BEARER)])
