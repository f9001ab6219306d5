"""When a milestone is late and how a commitment stands: pure rules over days and statuses."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

PLANNED, ON_TRACK, BLOCKED, DONE, LATE = "planned", "on_track", "blocked", "done", "late"
OPERATIONAL, SELF_ASSESSED, MONITORING = "operational", "self_assessed", "monitoring"
SOURCES = (OPERATIONAL, SELF_ASSESSED, MONITORING)


def days_late(due_on: date | None, status: str | None, today: date) -> int:
    """How many days a milestone is late; none on its day itself, without a day, or once it is done."""
    if due_on is None or status == DONE:
        return 0
    return max((today - due_on).days, 0)


def state(said: str | None, milestones: Iterable[tuple[str | None, int]]) -> str:
    """How a commitment stands, out of what was `said` of it and its milestones: their statuses and days late.

    Done or blocked is as it was said. Otherwise what is late is late, whoever calls it on track; and where nothing was
    said, the milestones speak: done once all of them are, on track once one has begun.
    """
    found = list(milestones)
    if said in (DONE, BLOCKED):
        return said
    if any(days for _, days in found):
        return LATE
    if said is not None:
        return said
    statuses = [status for status, _ in found]
    if statuses and all(status == DONE for status in statuses):
        return DONE
    return ON_TRACK if any(status in (ON_TRACK, DONE) for status in statuses) else PLANNED


def upcoming(milestones: Sequence[tuple[date | None, str | None]]) -> int | None:
    """The place in the list of the next milestone: the earliest that is not done, one without a day the last."""
    waiting = [(due or date.max, place) for place, (due, status) in enumerate(milestones) if status != DONE]
    return min(waiting)[1] if waiting else None
