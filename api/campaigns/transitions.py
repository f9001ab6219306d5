"""The life of a campaign: which states follow which, and what a step needs; pure rules."""

from __future__ import annotations

from collections.abc import Iterable

from api import actors
from api.errors import Conflict, Forbidden

DRAFT, SUBMITTED, APPROVED, SCHEDULED = "draft", "submitted", "approved", "scheduled"
RUNNING, PAUSED, FINISHED, CANCELLED = "running", "paused", "finished", "cancelled"

# step → the states it may be taken from, and the state it leads to
STEPS: dict[str, tuple[frozenset[str], str]] = {
    "submit": (frozenset({DRAFT}), SUBMITTED),
    "edit": (frozenset({DRAFT, SUBMITTED, APPROVED, SCHEDULED}), DRAFT),
    "revise": (frozenset({SUBMITTED, APPROVED, SCHEDULED}), DRAFT),
    "approve": (frozenset({SUBMITTED}), APPROVED),
    "schedule": (frozenset({APPROVED, SCHEDULED}), SCHEDULED),
    "unschedule": (frozenset({SCHEDULED}), APPROVED),
    "missed": (frozenset({SCHEDULED}), APPROVED),  # the clock came too late: what was approved stays so
    "launch": (frozenset({APPROVED, SCHEDULED}), RUNNING),
    "pause": (frozenset({RUNNING}), PAUSED),
    "resume": (frozenset({PAUSED}), RUNNING),
    "finish": (frozenset({RUNNING}), FINISHED),
    "cancel": (frozenset({DRAFT, SUBMITTED, APPROVED, SCHEDULED, RUNNING, PAUSED}), CANCELLED),
}
WAITING = (DRAFT, SUBMITTED, APPROVED, PAUSED)  # go on by a step of staff only; others by themselves
BESIDE = ("test", "budget")  # what is recorded as well, and leaves the state as it was
OVER = frozenset({FINISHED, CANCELLED})


def next_state(state: str, step: str) -> str:
    """The state a step leads to. Raises Conflict, in words, where it cannot be taken now."""
    allowed, target = STEPS[step]
    if state not in allowed:
        raise Conflict(f"a campaign that is {state} cannot {step}; it can be {' or '.join(sorted(allowed))} for that")
    return target


def may_approve(*, authors: Iterable[str], approver: str, recipients: int, above: int) -> None:
    """A second pair of eyes, on names as `api/actors.py` compares them.

    Raises Forbidden if one of those who wrote it approves what goes to more than `above` people, or if nobody did.
    """
    if recipients > above and actors.among(approver, authors):
        raise Forbidden(f"{recipients} people would get this: somebody else than its author approves above {above}")
