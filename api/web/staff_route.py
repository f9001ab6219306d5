"""A route for staff: asks who acts and what they may, answers a repeated request once, says what it may answer."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from functools import cached_property
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import TypeAdapter
from starlette.routing import Match
from starlette.types import Scope

from api import idempotency
from api.security import rights
from api.web import actor_header, idempotency_key, json_types
from api.web.address_words import SpelledOut
from api.web.credentials import BEARER, principal_of
from api.web.needs import marked
from api.web.refusals import refused

_SPELLED_OUT = SpelledOut()  # by routes for staff, all of which are there before the first request
_WRITES = {"POST", "PUT", "PATCH", "DELETE"}


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


READS = Depends(_nothing_kept)
_KEY = Depends(_key)


class StaffRoute(APIRoute):
    """Asks who acts before anything of a request is read: FastAPI would parse its body before its dependencies.

    Whatever writes says who acts. What is posted can be repeated under a key.
    """

    def __init__(self, path: str, endpoint: Callable[..., Any], **given: Any) -> None:
        writes = not _WRITES.isdisjoint(given["methods"])
        marks = [*(given["dependencies"] or ())]
        _SPELLED_OUT.enter(path)
        self._keeps = "POST" in given["methods"] and READS not in marks
        super().__init__(path, endpoint, **{**given, "dependencies": [*marks, *([_KEY] if self._keeps else [])]})
        self._acts = any(each.call is actor_header.said for each in _all(self.dependant))
        if writes and not self._acts:
            raise TypeError(f"{path} writes, and does not ask for an Actor: nobody would know who did it")
        needs = marked(marks)
        if needs is None:
            raise TypeError(f"{path} names no right: say which one it `requires`")
        self.needs = needs
        self.responses = {**refused(*sorted(self._refusals(writes=writes))), **self.responses}

    def _refusals(self, *, writes: bool) -> set[int]:
        """The statuses that follow from what the route takes; its `responses` add what its act alone may refuse."""
        taken = {parameter.name for each in _all(self.dependant) for parameter in each.path_params}
        asked = any(each.query_params or each.header_params for each in _all(self.dependant))
        reads_body = self.body_field is not None or "requestBody" in (self.openapi_extra or {})
        statuses = {401, 403, 503}
        statuses |= {404, 422} if taken else set()
        statuses |= {422} if asked else set()
        statuses |= {409, 422} if writes else set()
        return statuses | ({400, 413} if reads_body else set())

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Whether a request is for it, or for another route that has a word where it has a value."""
        match, found = super().matches(scope)
        return (match, found) if _SPELLED_OUT.takes(self.path, scope.get("path", "")) else (Match.NONE, {})

    @cached_property
    def _body(self) -> dict[str, Any] | None:
        """The schema of its body; None where it reads no JSON."""
        if self.body_field is None:
            return None
        kind: Any = self.body_field.field_info.annotation
        return TypeAdapter(kind).json_schema()

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """What answers a request."""
        answer = super().get_route_handler()

        async def answer_staff(request: Request) -> Response:
            principal = await principal_of(request)
            self.needs.check(principal)
            actor_header.keep(request, principal.name)
            with rights.acting(principal, self.needs.permissions):
                return await answer_known(request, principal.credential)

        async def answer_known(request: Request, credential: str) -> Response:
            given = await json_types.read(request) if self._acts or self._body else None
            faults = [*(actor_header.elsewhere(request, given) if self._acts else ())]
            faults += json_types.mistaken(self._body, given) if self._body else ()
            if faults:
                raise RequestValidationError(faults)
            key = request.headers.get(idempotency.HEADER, "") if self._keeps else ""
            if not key:
                return await answer(request)
            return await idempotency_key.answered(request, key, answer, by=(credential, actor_header.acting(request)))

        return answer_staff


def _all(dependant: Any) -> list[Any]:
    return [dependant, *(found for each in dependant.dependencies for found in _all(each))]


def staff_router(path: str = "", *tags: str, needs: Any = None) -> APIRouter:
    """A router for staff, below /v1: nothing on it answers nobody.

    `needs` is the right that its routes need which name no other: see `api.web.needs.requires`. It carries prefix and
    rights itself, so that an application can take its routes as they are: `include_router` would analyse each of them
    again. The dependency only describes the token in the OpenAPI document.
    """
    marks = [Depends(BEARER), *([needs] if needs is not None else [])]
    return APIRouter(prefix=f"/v1{path}", tags=[*tags], route_class=StaffRoute, dependencies=marks)
