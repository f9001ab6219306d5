"""The class of all staff routes. It checks credential, right and actor, and handles idempotency keys.

It also lists the route's error responses.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from functools import cached_property
from typing import Any, get_args

from fastapi import APIRouter, Depends, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import TypeAdapter
from starlette.routing import Match
from starlette.types import Scope

from api import idempotency, reasons
from api.reasons import Reasoned
from api.security import rights
from api.web import actor_header, idempotency_key, json_types
from api.web.address_words import LiteralPaths
from api.web.credentials import BEARER, principal_of
from api.web.needs import KEY, READS, SHOWN_ONCE, marked
from api.web.refusals import refused

_LITERALS = LiteralPaths()  # all staff routes are registered before the first request
_WRITES = {"POST", "PUT", "PATCH", "DELETE"}


class StaffRoute(APIRoute):
    """Checks who sends a request before its body is parsed. FastAPI alone would parse the body first.

    A route names the right it needs with `requires`. A route that changes something takes an `Actor`. A POST can be
    repeated safely with an idempotency key.
    """

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        writes = not _WRITES.isdisjoint(options["methods"])
        marks = [*(options["dependencies"] or ())]
        _LITERALS.register(path)
        self._shown_once = SHOWN_ONCE in marks
        self._repeatable = "POST" in options["methods"] and READS not in marks
        super().__init__(path, endpoint, **{**options, "dependencies": [*marks, *([KEY] if self._repeatable else [])]})
        self._needs_actor = any(each.call is actor_header.read_actor for each in _all(self.dependant))
        if writes and not self._needs_actor:
            raise TypeError(
                f"the route {path} writes, but has no Actor parameter: the record could not name the acting person"
            )
        needs = marked(marks)
        if needs is None:
            raise TypeError(f"the route {path} names no right: add `requires(...)`")
        self.needs = needs
        self.responses = {**refused(*sorted(self._refusals(writes=writes))), **self.responses}

    def _refusals(self, *, writes: bool) -> set[int]:
        """Return the error statuses that follow from the route's parameters."""
        in_path = any(each.path_params for each in _all(self.dependant))
        in_query = any(each.query_params or each.header_params for each in _all(self.dependant))
        reads_body = self.body_field is not None or "requestBody" in (self.openapi_extra or {})
        statuses = {401, 403, 503}
        statuses |= {404, 422} if in_path else set()
        statuses |= {422} if in_query else set()
        statuses |= {409, 422} if writes else set()
        return statuses | ({400, 413} if reads_body else set())

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Match a request to this route, unless the address is a fixed path of another route."""
        match, child_scope = super().matches(scope)
        return (match, child_scope) if _LITERALS.may_match(self.path, scope.get("path", "")) else (Match.NONE, {})

    @cached_property
    def _body(self) -> dict[str, Any] | None:
        """The JSON schema of the body; None if the route reads no JSON."""
        if self.body_field is None:
            return None
        kind: Any = self.body_field.field_info.annotation
        return TypeAdapter(kind).json_schema()

    @cached_property
    def _takes_reason(self) -> bool:
        """Whether the body may have the reason of an act."""
        kind: Any = None if self.body_field is None else self.body_field.field_info.annotation
        return any(isinstance(each, type) and issubclass(each, Reasoned) for each in (kind, *get_args(kind)))

    def _reason_in(self, body: Any) -> str | None:
        """Return the reason in a body; None without one. A reason that breaks a rule is refused before the act."""
        reason = body.get("reason") if self._takes_reason and isinstance(body, dict) else None
        return reason.strip() if isinstance(reason, str) else None

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the function that checks and handles a request."""
        answer = super().get_route_handler()

        async def answer_staff(request: Request) -> Response:
            principal = await principal_of(request)
            self.needs.check(principal)
            actor_header.keep(request, principal.name)
            body = await json_types.read(request) if self._needs_actor or self._body else None
            with rights.acting(principal, self.needs.permissions), reasons.because(self._reason_in(body)):
                return await answer_known(request, principal.credential, body)

        async def answer_known(request: Request, credential: str, body: Any) -> Response:
            faults = [*(actor_header.misplaced_actor(request, body) if self._needs_actor else ())]
            faults += json_types.type_errors(self._body, body) if self._body else ()
            if faults:
                raise RequestValidationError(faults)
            key = request.headers.get(idempotency.HEADER, "") if self._repeatable else ""
            if not key:
                return await answer(request)
            by = (credential, actor_header.actor_name(request))
            return await idempotency_key.answer_once(request, key, answer, by=by, shown_once=self._shown_once)

        return answer_staff


def _all(dependant: Any) -> list[Any]:
    return [dependant, *(nested for each in dependant.dependencies for nested in _all(each))]


def staff_router(path: str = "", *tags: str, needs: Any = None) -> APIRouter:
    """Return a router for paths below /v1. Its routes require a credential with the right that each route names.

    If a route names no right, it needs `needs`, made by `api.web.needs.requires`.
    """
    # `BEARER` only documents the token in OpenAPI
    marks = [Depends(BEARER), *([needs] if needs is not None else [])]
    # Applications use these routes directly: `include_router` would analyse each route again.
    return APIRouter(prefix=f"/v1{path}", tags=[*tags], route_class=StaffRoute, dependencies=marks)
