"""Rules for the state of a commitment and the lateness of a milestone, from dates and statuses (pure)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from api.commitments.states import Progress, Source

PLANNED, ON_TRACK, BLOCKED = Progress.PLANNED, Progress.ON_TRACK, Progress.BLOCKED
DONE, LATE = Progress.DONE, Progress.LATE
OPERATIONAL, SELF_ASSESSED, MONITORING = Source.OPERATIONAL, Source.SELF_ASSESSED, Source.MONITORING
SOURCES = tuple(Source)


class MilestoneStatus(NamedTuple):
    """A milestone's operational status and how many days late it is: together they decide the commitment's state."""

    status: str | None
    days_late: int


class Deadline(NamedTuple):
    """A milestone's due date and its operational status."""

    due_on: date | None
    status: str | None


def days_late(due_on: date | None, status: str | None, today: date) -> int:
    """Return how many days late a milestone is.

    If it is done, has no due date, or its due date is not over, the result is 0.
    """
    if due_on is None or status == DONE:
        return 0
    return max((today - due_on).days, 0)


def state(status: str | None, milestones: Iterable[MilestoneStatus]) -> Progress:
    """Return a commitment's state, derived from its own status and the states of its milestones.

    A reported status of done or blocked is final. Otherwise one late milestone makes the commitment late. If a
    commitment has no status of its own, it is done once all milestones are done, and on track once one has begun.
    """
    steps = list(milestones)
    if status in (DONE, BLOCKED):
        return Progress(status)
    if any(days_late for _, days_late in steps):
        return LATE
    if status is not None:
        return Progress(status)
    statuses = [status for status, _ in steps]
    if statuses and all(each == DONE for each in statuses):
        return DONE
    return ON_TRACK if any(each in (ON_TRACK, DONE) for each in statuses) else PLANNED


def upcoming(deadlines: Sequence[Deadline]) -> int | None:
    """Return the index of the milestone that is due next and not done; None if all are done.

    Milestones without a due date come last.
    """
    waiting = [(due or date.max, index) for index, (due, status) in enumerate(deadlines) if status != DONE]
    return min(waiting)[1] if waiting else None
