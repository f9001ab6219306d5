"""Why somebody undoes or harms something: an optional reason in the body of a request, which the record keeps."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from api.strict_model import StrictModel

LONGEST = 300  # characters
# Six digits in the usual spellings; or nine with anything between them, which is more than a date has.
_NUMBER = re.compile(r"(?:\d[\s.\-]?){6}|(?:\d[\W_]{0,4}){9}")
_present: ContextVar[str | None] = ContextVar("reason", default=None)


def has_number(reason: str) -> bool:
    """Whether a reason seems to contain a phone number. The record must not contain any, since it is kept for good."""
    return _NUMBER.search(reason) is not None


def _without_number(reason: str) -> str:
    if has_number(reason):
        raise ValueError("leave the number out, since the record is kept")
    return reason


Reason = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST),
    AfterValidator(_without_number),
]


class Reasoned(StrictModel):
    """Why this is done. All acts of the request are recorded with the reason."""

    reason: Reason | None = Field(None, description="Kept in the record: it must not contain a phone number.")


@contextmanager
def because(reason: str | None) -> Iterator[None]:
    """Record the acts of people within the block with this reason, unless they have one of their own."""
    token = _present.set(reason)
    try:
        yield
    finally:
        _present.reset(token)


def present() -> str | None:
    """Return the reason for what is being done; None if nobody gave one."""
    return _present.get()
