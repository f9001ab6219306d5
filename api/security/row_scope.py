"""Lists that hold no more than the provinces of whoever asks."""

from __future__ import annotations

from typing import Any, TypeVar

from sqlalchemy import Select

from api.security import rights

S = TypeVar("S", bound=Select[*tuple[Any, ...]])


def scoped(wanted: S, province: Any) -> S:
    """The rows whose `province` (a column) this request may see; all of them in a command on the machine."""
    seen = rights.seen()
    return wanted if seen is None else wanted.where(province.in_(seen))
