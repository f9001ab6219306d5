"""Limit lists to the provinces that the current request may see."""

from __future__ import annotations

from typing import Any, TypeVar

from sqlalchemy import Select

from api.security import rights

S = TypeVar("S", bound=Select[*tuple[Any, ...]])


def scoped(wanted: S, province: Any) -> S:
    """Return the query limited to rows whose `province` (a column) the current request may see.

    A command on the machine itself sees all rows.
    """
    seen = rights.seen()
    return wanted if seen is None else wanted.where(province.in_(seen))
