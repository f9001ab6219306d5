"""Read the X-Actor header, which names the person who acts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any
from urllib.parse import quote, unquote

from fastapi import Depends, Header, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BeforeValidator

from api import actors
from api.errors import Forbidden
from api.web import idempotency_key

_WRONG_PLACE = f"put the name of the acting person in the header {idempotency_key.ACTOR}"


def _decoded(value: Any) -> Any:
    """Decode a header value: raw UTF-8, or percent-encoded."""
    if not isinstance(value, str):
        return value
    try:
        # some clients can send only ASCII
        return unquote(value.encode("latin-1").decode(), errors="strict")
    except UnicodeError:
        raise ValueError("the name is not valid UTF-8") from None


_Name = Annotated[actors.Name, BeforeValidator(_decoded)]


async def read_actor(
    x_actor: Annotated[  # not `name`: some routes have a path parameter of that name
        _Name | None,
        Header(
            alias=idempotency_key.ACTOR,
            description=(
                "Name of the acting person, in UTF-8 or percent-encoded. Only the shared token SAWT_API_TOKEN needs "
                "it; otherwise the credential says who acts."
            ),
        ),
    ] = None,
) -> str:
    """Return the name in the header, after validation. Raises RequestValidationError if nobody is named."""
    if x_actor is None:
        raise RequestValidationError([{"type": "missing", "loc": ("header", idempotency_key.ACTOR), "msg": ""}])
    return x_actor


Actor = Annotated[str, Depends(read_actor)]


def keep(request: Request, name: str) -> None:
    """Set the header to `name`, the owner of the credential. Raises Forbidden if the header names somebody else.

    If the shared token of older versions was used, `name` is empty and the header alone says who acts.
    """
    if not name:
        return
    said = actor_name(request) if idempotency_key.ACTOR in request.headers else name
    if not said or not actors.same(said, name):
        raise Forbidden(f"this credential belongs to {name}, but {idempotency_key.ACTOR} names someone else")
    headers = request.scope["headers"]
    header = idempotency_key.ACTOR.lower().encode()
    headers[:] = [each for each in headers if each[0] != header] + [(header, quote(name).encode())]


def actor_name(request: Request) -> str:
    """Return the decoded name in the header without validation. `read_actor` refuses an invalid name later."""
    value = request.headers.get(idempotency_key.ACTOR, "")
    try:
        return str(_decoded(value)).strip()
    except ValueError:
        return value


def misplaced_actor(request: Request, body: Any) -> Iterator[dict[str, Any]]:
    """Yield a pydantic-style error for each `who` in the query or in the body. Older clients sent the name there."""
    places = [("query", "who")] if "who" in request.query_params else []
    places += [("body", "who")] if isinstance(body, dict) and "who" in body else []
    for place in places:
        yield {"type": "misplaced", "loc": place, "msg": _WRONG_PLACE}
