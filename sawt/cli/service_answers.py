"""What a service answered, read with distrust: bounded in size, and of the expected kind. All else is an error."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

import httpx
from pydantic import TypeAdapter, ValidationError

from api.errors import Conflict, Forbidden, Invalid, NotFound, SawtError, Unavailable
from api.security.rights import NOT_FRESH

T = TypeVar("T")

LARGEST = 64 * 1024**2  # bytes in memory at once, decompressed; longer files are streamed
STRANGE = "the service gave an answer that this version of `sawt` cannot read: is one of the two older?"
_LONG = "the answer of the service is too long"
_SIGNED_OUT = "you are signed out: sawt login"
_KINDS: Mapping[int, type[SawtError]] = {403: Forbidden, 404: NotFound, 409: Conflict, 413: Invalid, 422: Invalid}


class NotFresh(Forbidden):
    """A fresh code of the second factor is needed: sawt confirm"""


def read_whole(answer: httpx.Response) -> httpx.Response:
    """Return an answer that was begun, with all of its body. Raises Unavailable if it is too long."""
    body = bytearray()
    for piece in answer.iter_bytes():
        body += piece
        if len(body) > LARGEST:
            raise Unavailable(_LONG)
    kind = {"Content-Type": answer.headers.get("Content-Type", "")}
    return httpx.Response(answer.status_code, content=bytes(body), headers=kind)


def check(answer: httpx.Response) -> None:
    """Raise the error for an answer that is no success, with the service's own sentence.

    A redirect is no success, and never followed: the token is for this service only. A page in HTML is none either,
    because /v1 has none: something else answered.
    """
    if answer.is_success and "html" not in answer.headers.get("Content-Type", ""):
        return
    if answer.is_success:
        raise Unavailable(STRANGE)
    raise _refusal(read_whole(answer) if not answer.is_stream_consumed else answer)


def checked(kind: type[T], answer: httpx.Response) -> T:
    """Return the JSON of an answer, as `kind`. Raises Unavailable if it is something else."""
    try:
        return TypeAdapter(kind).validate_python(answer.json())
    except (ValueError, ValidationError, RecursionError):
        raise Unavailable(STRANGE) from None


def _refusal(answer: httpx.Response) -> SawtError:
    if answer.status_code == httpx.codes.UNAUTHORIZED:
        return Forbidden(_SIGNED_OUT)
    try:
        detail = str(answer.json()["detail"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return Unavailable(f"the service answered with an error ({answer.status_code})")
    if detail == NOT_FRESH:
        return NotFresh()
    return _KINDS.get(answer.status_code, Unavailable)(detail)
