"""Verify an exported record against a checkpoint. Only the two files are needed, and optionally the public key."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from api.audit import chain, statement
from api.audit.statement import CheckpointOut
from api.errors import Invalid


@dataclass(frozen=True, slots=True)
class Verified:
    """How many rows are intact, and how many of them are too new for the checkpoint's signature."""

    rows: int
    later: int


def verify(lines: Iterable[bytes], checkpoint: CheckpointOut, key: str | None = None) -> Verified:
    """Verify every row of an exported record, and compare the record with the checkpoint.

    Raises Invalid, which names the first row that is changed, moved, inserted or missing.
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
    """Return the hash of one row of the file. Raises Invalid if the row is damaged or not linked to `prev`."""
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
