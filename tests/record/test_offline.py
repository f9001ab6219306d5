"""An exported record is verified without a database: whatever was done to the file is found, and the row is named."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.audit import chain, offline, statement
from api.audit.statement import CheckpointOut
from api.errors import Invalid
from tests.world import KEYRING

NOW = datetime(2026, 11, 29, 10, tzinfo=UTC)
KEY = KEYRING.signing_key(statement.PURPOSE)
ROWS = 6
TEXTS = st.text(max_size=20).map(chain.text)
# What staff write: any text, and numbers that not every tool writes alike.
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)


def row(seq: int, prev: str, **changed: Any) -> dict[str, Any]:
    """A row with its hash."""
    fields = {"seq": seq, "at": chain.instant(NOW), "who": "amina", "via": "api", "act": "erase", "about": None}
    fields |= {"subject": f"resident {seq}", "old": {"state": "active"}, "new": None, "reason": "asked", "prev": prev}
    fields |= changed
    return {**fields, "hash": chain.row_hash(fields)}


def record(count: int = ROWS, **changed: Any) -> list[bytes]:
    """The lines of an export."""
    lines, prev = [], chain.GENESIS
    for seq in range(1, count + 1):
        each = row(seq, prev, **changed)
        lines.append(chain.canonical(each) + b"\n")
        prev = each["hash"]
    return lines


def checkpoint(lines: list[bytes], seq: int | None = None) -> CheckpointOut:
    """A signed checkpoint at the end of these lines, or at a row."""
    at = len(lines) if seq is None else seq
    head = json.loads(lines[at - 1])["hash"]
    signed = statement.sign(KEY, origin="https://sawt.example", seq=at, head=head, at=NOW)
    fields = {"origin": "https://sawt.example", "seq": at, "head": head, "time": chain.instant(NOW)}
    return CheckpointOut(**fields, key=statement.pem(signed.key), signature=signed.signature)


LINES = record()
POINT = checkpoint(LINES)


def test_what_was_not_touched_verifies() -> None:
    assert offline.verify(LINES, POINT) == offline.Verified(ROWS, 0)
    assert offline.verify(LINES, checkpoint(LINES, 4), statement.public_key(KEY)) == offline.Verified(ROWS, 2)


@pytest.mark.parametrize(
    ("done", "lines", "first"),
    [
        ("flip", [*LINES[:2], LINES[2].replace(b"resident 3", b"resident 4"), *LINES[3:]], 3),
        ("drop", [*LINES[:3], *LINES[4:]], 4),
        ("swap", [LINES[0], LINES[2], LINES[1], *LINES[3:]], 2),
        ("insert", [*LINES[:4], LINES[1], *LINES[4:]], 5),
        ("truncate", LINES[:-1], ROWS),
        ("empty", [], 1),
        ("spaces", [LINES[0].replace(b":", b": ", 1), *LINES[1:]], 1),
        ("no end of line", [*LINES[:-1], LINES[-1].rstrip()], ROWS),
    ],
)
def test_what_was_done_to_the_file_is_found_and_the_row_named(done: str, lines: list[bytes], first: int) -> None:
    with pytest.raises(Invalid, match=rf"row {first} "):
        offline.verify(lines, POINT)


def test_a_record_that_was_rewritten_whole_is_found_by_the_checkpoint() -> None:
    with pytest.raises(Invalid, match=f"row {ROWS} differs from the row"):
        offline.verify(record(who="idir"), POINT)


@pytest.mark.parametrize("name", ["origin", "seq", "head", "time", "key", "signature"])
def test_a_checkpoint_that_was_changed_is_refused(name: str) -> None:
    value = {"seq": 3, "key": POINT.key.replace("A", "B", 3), "signature": POINT.signature[::-1]}.get(name, "0" * 64)
    with pytest.raises(Invalid, match="signature"):
        offline.verify(LINES, POINT.model_copy(update={name: value}))


def test_a_checkpoint_by_another_key_is_refused() -> None:
    with pytest.raises(Invalid, match="another key"):
        offline.verify(LINES, POINT, statement.public_key(KEYRING.signing_key("another purpose")))


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"origin": 1}', "[" * 20_000])
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="not a checkpoint"):
        statement.parse(text)


@given(data=st.data())
def test_any_mutation_of_the_file_is_found(data: st.DataObject) -> None:
    whole = b"".join(LINES)
    start = data.draw(st.integers(0, len(whole)))
    end = data.draw(st.integers(start, min(len(whole), start + 400)))
    changed = whole[:start] + data.draw(st.binary(max_size=40)) + whole[end:]
    if changed != whole:
        with pytest.raises(Invalid):
            offline.verify(changed.splitlines(keepends=True), POINT)


@given(old=VALUES, new=VALUES)
def test_whatever_staff_write_is_hashed_alike_after_it_was_read_again(old: Any, new: Any) -> None:
    lines = record(1, old=chain.plain(old), new=chain.plain(new))
    assert offline.verify(lines, checkpoint(lines)).rows == 1


def test_changes_are_the_fields_that_differ() -> None:
    found = chain.changes({"seats": 3, "place": "x", "gone": 1}, {"seats": 4, "place": "x", "new": NOW})
    assert found == {"old": {"seats": 3, "gone": 1}, "new": {"seats": 4, "new": "2026-11-29T10:00:00.000000Z"}}
