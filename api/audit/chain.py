"""The hash chain of the record: the hash of a row covers its fields, its number and the hash of the row before it.

`hash = SHA-256(0x00 || JCS(row))`, where JCS is canonical JSON (RFC 8785), and `row` has `seq` and `prev` among its
fields. Nothing here needs a database, so that a copy of the record can be verified anywhere: see docs/record.md.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import rfc8785
from pydantic import BaseModel

GENESIS = "0" * 64  # the hash before the first row
_FIELDS = frozenset({"seq", "at", "who", "via", "act", "subject", "about", "old", "new", "reason", "prev"})
_LARGEST = 2**53 - 1  # canonical JSON has no larger integers
_CONTROLS = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 127))  # tools disagree on how to escape them


def canonical(row: Mapping[str, Any]) -> bytes:
    """Return the canonical JSON of a row (RFC 8785)."""
    return rfc8785.dumps(dict(row))


def row_hash(row: Mapping[str, Any]) -> str:
    """Return the hash of a row, in hexadecimal. `row` must have all fields of the record except `hash`.

    Raises ValueError if it has other fields, or a value that canonical JSON cannot express.
    """
    if row.keys() != _FIELDS:
        raise ValueError("a row of the record has other fields than these")
    return hashlib.sha256(b"\0" + canonical(row)).hexdigest()


def instant(at: datetime) -> str:
    """Return a time in the form that the record uses: UTC, with microseconds."""
    return f"{at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='microseconds')}Z"


def plain(value: Any) -> Any:
    """Return a value as JSON data that all tools write in the same way. For example, huge integers become text."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value if abs(value) <= _LARGEST else str(value)
    if isinstance(value, BaseModel):
        return plain(value.model_dump(mode="json"))
    if isinstance(value, Mapping):
        return {text(str(name)): plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if isinstance(value, set | frozenset):
        return sorted(text(str(each)) for each in value)
    return instant(value) if isinstance(value, datetime) else text(str(value))


def text(value: str) -> str:
    """Return a text without control characters (except tabs and line ends) and lone surrogates."""
    # tools write these characters differently
    return value.translate(_CONTROLS).encode(errors="replace").decode()


def changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields that differ between two versions, as the arguments `old` and `new` of `audit.note`."""
    before, after = plain(old), plain(new)
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    return {
        "old": {name: before[name] for name in names if name in before},
        "new": {name: after[name] for name in names if name in after},
    }
