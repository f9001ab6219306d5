"""Verify an exported record against a checkpoint, with nothing but the two files and the public key."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from api.audit import chain, statement
from api.audit.statement import CheckpointOut
from api.errors import Invalid


@dataclass(frozen=True, slots=True)
class Verified:
    """How many rows verify, and how many of them are later than the checkpoint: only their chain proves those."""

    rows: int
    later: int


def verify(lines: Iterable[bytes], checkpoint: CheckpointOut, key: str | None = None) -> Verified:
    """Verify every row, and that the row of the checkpoint has its hash.

    Raises Invalid, naming the first row that is wrong: changed, missing, moved or inserted.
    """
    statement.check(checkpoint, key)
    last, seq = chain.GENESIS, 0
    for seq, line in enumerate(lines, 1):
        last = _hash(line, seq, last)
        if seq == checkpoint.seq and last != checkpoint.head:
            raise Invalid(
                f"row {seq} differs from the row that the checkpoint signs: this row or an earlier one was rewritten"
            )
    if seq < checkpoint.seq:
        raise Invalid(f"row {seq + 1} is missing: the file ends before the checkpoint's row {checkpoint.seq}")
    return Verified(seq, seq - checkpoint.seq)


def _hash(line: bytes, seq: int, prev: str) -> str:
    """The hash of one row of the file, if the row follows `prev`. Raises Invalid."""
    try:
        row = json.loads(line)
        if chain.canonical(row) + b"\n" != line:
            raise ValueError
        stored = row.pop("hash")
        if row["seq"] == seq and row["prev"] == prev and stored == chain.row_hash(row):
            return str(stored)
    except (ValueError, TypeError, KeyError, RecursionError):
        pass
    raise Invalid(f"row {seq} does not verify: it was changed or inserted, or a row before it is missing")
