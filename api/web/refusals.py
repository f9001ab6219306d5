"""The JSON form of all error responses, and its description in the OpenAPI document."""

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
    """One problem with a request: the field and a message."""

    field: str = Field(
        description=(
            "The field, such as body.title.fr, query.limit or header.X-Actor; empty if the error concerns "
            "the whole request."
        )
    )
    message: str = Field(description="What is wrong with the field, in plain words.")


class Refusal(BaseModel):
    """The body of every error response."""

    detail: str = Field(description="What is wrong, in one line.")
    faults: list[Fault] = Field(description="Each error, if the status is 422; otherwise empty.")
    request_id: str = Field(description="The same as X-Request-Id. Search for it in the log to find details.")


Faults = Iterable[tuple[str, str]]  # field, message

_REFERENCE = {"application/json": {"schema": {"$ref": "#/components/schemas/Refusal"}}}
_BYTES = {"type": "string", "format": "binary"}
_MEANING: dict[int, str] = {
    400: "The body cannot be read.",
    401: "The bearer token is missing or wrong.",
    403: "The credential does not have the necessary right.",
    404: "Something named in the URL or the body does not exist.",
    409: "The request conflicts with the current state, or with a change that someone else is making.",
    413: "The body is too large.",
    422: "A value is missing or invalid; see `faults`.",
    429: "Too many tries failed: try again after `Retry-After` seconds.",
    503: "The database or the vault is unavailable: try again after `Retry-After` seconds.",
}
_WAIT = {"Retry-After": {"description": "seconds", "required": True, "schema": {"type": "integer"}}}
_HEADERS: dict[int, dict[str, Any]] = {
    401: {"WWW-Authenticate": {"description": "Bearer", "required": True, "schema": {"type": "string"}}},
    429: _WAIT,
    503: _WAIT,
}


def refused(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the descriptions of these error statuses, for the `responses` of a route."""
    # All refer to one schema, which `components` adds: FastAPI would analyse a model again for each route.
    return {
        status: {
            "description": _MEANING[status],
            "content": _REFERENCE,
            **({"headers": _HEADERS[status]} if status in _HEADERS else {}),
        }
        for status in statuses
    }


def file_body(*kinds: str) -> dict[str, Any]:
    """Return the `openapi_extra` for a route that receives a file of one of these media types."""
    return {"requestBody": {"required": True, "content": {kind: {"schema": _BYTES} for kind in kinds}}}


def file_answer(*kinds: str) -> dict[int | str, dict[str, Any]]:
    """Return the `responses` for a route that returns a file of one of these media types."""
    return {200: {"content": {kind: {"schema": _BYTES} for kind in kinds}}}


def components() -> dict[str, Any]:
    """Return the OpenAPI schemas to which the results of `refused` refer."""
    schema = Refusal.model_json_schema(ref_template="#/components/schemas/{model}")
    return {**schema.pop("$defs"), "Refusal": schema}


def error_response(
    scope: Scope, status: int, detail: str, faults: Faults = (), headers: Mapping[str, str] | None = None
) -> Response:
    """Return an error response. It is ASCII, since a message may quote a lone surrogate, which UTF-8 cannot encode."""
    listed = [{"field": field, "message": message} for field, message in faults]
    if status == 422 and not listed:
        listed = [{"field": "", "message": detail}]
    body = {"detail": detail, "faults": listed, "request_id": tracing.request_id(scope)}
    return Response(json.dumps(body), status, headers, media_type="application/json")


def validation_response(scope: Scope, errors: Iterable[Mapping[str, Any]]) -> Response:
    """Return the response to pydantic's validation errors. It does not repeat values from the request."""
    faults = [(_path(error), sentence(error)) for error in errors]
    detail = "; ".join(f"{field.partition('.')[2] or field}: {words}" for field, words in faults)
    return error_response(scope, 422, detail, faults)


def invalid_response(scope: Scope, error: Invalid) -> Response:
    """Return the response to a value that a rule of the domain refuses."""
    faults = error.faults or [("", str(error))]
    return error_response(scope, 422, str(error), [(_located(scope, field), words) for field, words in faults])


def _located(scope: Scope, field: str) -> str:
    """Return a field with the part of the request that it is in, such as "body.title"."""
    first = field.partition(".")[0]
    # an error in an uploaded file
    if not field:
        return "body" if "requestBody" in (getattr(scope.get("route"), "openapi_extra", None) or {}) else ""
    if first == "header":
        return field
    places = (("path", scope.get("path_params", {})), ("query", QueryParams(scope.get("query_string", b""))))
    return f"{next((place for place, names in places if first in names), 'body')}.{field}"


def _path(error: Mapping[str, Any]) -> str:
    """Return the location of a pydantic error, joined with dots."""
    place = error["loc"][:1] if error["type"] == "json_invalid" else error["loc"]
    return ".".join(map(str, place))
