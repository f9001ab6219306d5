"""Describe what was changed in a row of any table, as old and new values for the record."""

from __future__ import annotations

from typing import Any

from sqlalchemy import inspect

from api.audit.chain import plain
from api.db import Base


def altered(row: Base, *names: str) -> dict[str, Any]:
    """Return what changed in the named columns of a row since the last flush, as `old` and `new` for `audit.note`.

    `names` must contain only columns that staff decide, never secrets or texts of residents.
    """
    old: dict[str, Any] = {}
    new: dict[str, Any] = {}
    for name in names:
        history = inspect(row).attrs[name].history
        if history.has_changes():
            before, after = (plain(each[0]) if each else None for each in (history.deleted, history.added))
            if before != after:
                old[name], new[name] = before, after
    return {"old": old, "new": new} if new else {}
