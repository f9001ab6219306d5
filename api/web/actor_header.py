"""Who acts, as the header X-Actor says it, and nothing else of a request."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any
from urllib.parse import quote, unquote

from fastapi import Depends, Header, Request
from pydantic import BeforeValidator

from api import actors
from api.errors import Forbidden
from api.web import idempotency_key

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


async def said(
    given: Annotated[
        _Name,
        Header(
            alias=idempotency_key.ACTOR,
            description="who does this; in UTF-8, or percent-encoded; with a credential of one's own: its name",
        ),
    ],
) -> str:
    """Who acts."""
    return given


Actor = Annotated[str, Depends(said)]  # who acts


def keep(request: Request, name: str) -> None:
    """Let the one who signed in act under their own name, whether the header says it or is not there.

    With the shared token of older versions (no `name`) the header alone says it. Raises Forbidden if it says another.
    """
    if not name:
        return
    said = acting(request)
    if said and not actors.same(said, name):
        raise Forbidden(f"this credential is that of {name}: {idempotency_key.ACTOR} names somebody else")
    headers = request.scope["headers"]
    header = idempotency_key.ACTOR.lower().encode()
    headers[:] = [each for each in headers if each[0] != header] + [(header, quote(name).encode())]


def acting(request: Request) -> str:
    """Who acts, as it is read; what is none is refused where it is read."""
    given = request.headers.get(idempotency_key.ACTOR, "")
    try:
        return str(_decoded(given)).strip()
    except ValueError:
        return given


def elsewhere(request: Request, body: Any) -> Iterator[dict[str, Any]]:
    """A `who` where it used to be, as errors that pydantic could have found."""
    places = [("query", "who")] if "who" in request.query_params else []
    places += [("body", "who")] if isinstance(body, dict) and "who" in body else []
    for place in places:
        yield {"type": "misplaced", "loc": place, "msg": _ELSEWHERE}
