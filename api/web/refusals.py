"""How the service says no: one form for every error, and which of them an operation may answer, for its description."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from fastapi import Response
from pydantic import BaseModel, Field
from starlette.datastructures import QueryParams
from starlette.types import Scope

from api.errors import Invalid
from api.text.fault_words import sentence
from api.web import tracing


class Fault(BaseModel):
    """One thing that is wrong with a request."""

    field: str = Field(description="where: body.title.fr, query.limit, header.X-Actor; empty: the request as a whole")
    message: str = Field(description="what is wrong there, in words")


class Refusal(BaseModel):
    """Every error of this service."""

    detail: str = Field(description="what is wrong, in one line")
    faults: list[Fault] = Field(description="of a 422: each thing that is wrong; else none")
    request_id: str = Field(description="as in X-Request-Id: the log says more under it")


Faults = Iterable[tuple[str, str]]  # a field and what is wrong with it

_REFERENCE = {"application/json": {"schema": {"$ref": "#/components/schemas/Refusal"}}}
_BYTES = {"type": "string", "format": "binary"}
_MEANS: dict[int, str] = {
    400: "The body cannot be read.",
    401: "There is no bearer token, or not the right one.",
    403: "Somebody else has to do this.",
    404: "What the address or the body names does not exist.",
    409: "It does not fit the present state, or somebody else is at it in this moment.",
    413: "The body is too large.",
    422: "Something is not well formed; `faults` says what.",
    503: "The database or the vault is away, or out of order: try again after `Retry-After` seconds.",
}
_HEADERS: dict[int, dict[str, Any]] = {
    401: {"WWW-Authenticate": {"description": "Bearer", "required": True, "schema": {"type": "string"}}},
    503: {"Retry-After": {"description": "seconds", "required": True, "schema": {"type": "integer"}}},
}


def refused(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """What a route's `responses` say of these statuses.

    They refer to one schema, which `components` brings: a model for each of them would be analysed for each route.
    """
    return {
        status: {
            "description": _MEANS[status],
            "content": _REFERENCE,
            **({"headers": _HEADERS[status]} if status in _HEADERS else {}),
        }
        for status in statuses
    }


def file_body(*kinds: str) -> dict[str, Any]:
    """A route's `openapi_extra` that says its body is a file of these media types."""
    return {"requestBody": {"required": True, "content": {kind: {"schema": _BYTES} for kind in kinds}}}


def file_answer(*kinds: str) -> dict[int | str, dict[str, Any]]:
    """A route's `responses` that say it answers with a file of these media types."""
    return {200: {"content": {kind: {"schema": _BYTES} for kind in kinds}}}


def components() -> dict[str, Any]:
    """The schemas that `refused` refers to."""
    schema = Refusal.model_json_schema(ref_template="#/components/schemas/{model}")
    return {**schema.pop("$defs"), "Refusal": schema}


def answer(
    scope: Scope, status: int, detail: str, faults: Faults = (), headers: Mapping[str, str] | None = None
) -> Response:
    """An error in its one form. It is ASCII: what was given may hold half a letter, which no UTF-8 can."""
    found = [{"field": field, "message": message} for field, message in faults]
    if status == 422 and not found:
        found = [{"field": "", "message": detail}]
    body = {"detail": detail, "faults": found, "request_id": tracing.number(scope)}
    return Response(json.dumps(body), status, headers, media_type="application/json")


def not_well_formed(scope: Scope, errors: Iterable[Mapping[str, Any]]) -> Response:
    """The answer to what pydantic found wrong. What was given is not sent back."""
    found = [(_path(each), sentence(each)) for each in errors]
    return answer(
        scope, 422, "; ".join(f"{field.partition('.')[2] or field}: {words}" for field, words in found), found
    )


def not_valid(scope: Scope, error: Invalid) -> Response:
    """The answer to what a rule of ours refuses."""
    faults = error.faults or [("", str(error))]
    return answer(scope, 422, str(error), [(_standing(scope, field), words) for field, words in faults])


def _standing(scope: Scope, field: str) -> str:
    """Where a field stands that a rule of ours names: rules know no requests. What a file holds is the body."""
    first = field.partition(".")[0]
    if not field:
        return "body" if "requestBody" in (getattr(scope.get("route"), "openapi_extra", None) or {}) else ""
    if first == "header":
        return field
    places = (("path", scope.get("path_params", {})), ("query", QueryParams(scope.get("query_string", b""))))
    return f"{next((place for place, given in places if first in given), 'body')}.{field}"


def _path(error: Mapping[str, Any]) -> str:
    """Where it is; of a body that is no JSON, and of a letter in it, the body."""
    place = error["loc"][:1] if error["type"] == "json_invalid" else error["loc"]
    return ".".join(map(str, place))
