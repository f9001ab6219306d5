"""What staff wrote of a commitment, as flat fields whose old and new values the record keeps."""

from __future__ import annotations

from typing import Any

from api import audit
from api.commitments.content import CommitmentRecord
from api.commitments.models import Milestone
from api.commitments.rules import SOURCES

_COLUMNS = ("title", "label", "theme", "provinces", "confirmed")
Fields = dict[str, Any]


def fields(record: CommitmentRecord | None) -> Fields:
    """Return the fields of a commitment, and those of its milestones as `milestone 2: title`; none without one.

    Nothing is validated: what an older release stored can still be replaced.
    """
    if record is None:
        return {}
    found = {name: getattr(record.commitment, name) for name in _COLUMNS}
    found |= {**record.commitment.sheet, **_statuses(record, None)}
    for each in record.milestones:
        step = {"title": each.title, "due_on": each.due_on, **each.sheet, **_statuses(record, each)}
        found |= {f"milestone {each.number}: {name}": value for name, value in step.items()}
    return {name: value for name, value in found.items() if value not in (None, [], {})}


def changes(before: Fields, record: CommitmentRecord) -> dict[str, Any]:
    """Return the `old` and `new` of an act: the fields that differ from those before."""
    return audit.changes(before, fields(record))


def _statuses(record: CommitmentRecord, milestone: Milestone | None) -> Fields:
    newest = {source: record.latest(source, milestone) for source in SOURCES}
    return {
        source: {"status": each.status, "on": each.on, "evidence": each.evidence}
        for source, each in newest.items()
        if each is not None
    }
