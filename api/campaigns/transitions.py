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
_WAY = ("submit", "approve", "launch")  # what staff do with a draft, one after the other
WAITING = (DRAFT, SUBMITTED, APPROVED, PAUSED)  # go on by a step of staff only; others by themselves
BEFORE_LAUNCH = (DRAFT, SUBMITTED, APPROVED, SCHEDULED)
BESIDE = ("test", "budget")  # what is recorded as well, and leaves the state as it was
OVER = frozenset({FINISHED, CANCELLED})


def next_state(state: str, step: str, *, what: str = "the campaign") -> str:
    """The state a step leads to. Raises Conflict where it cannot be taken now: why, and what comes first.

    `what` names the campaign in these words.
    """
    allowed, target = STEPS[step]
    if state not in allowed:
        raise Conflict(f"{what} is {_called(state)}: {_first(state, step, allowed)}")
    return target


def _called(state: str) -> str:
    return "a draft" if state == DRAFT else state


def _first(state: str, step: str, allowed: Iterable[str]) -> str:
    """The steps that lead to where this one may be taken, on the way from draft to launch; or where that is."""
    stations = [DRAFT, *(STEPS[each][1] for each in _WAY)]
    ahead = stations[stations.index(state) + 1 :] if state in stations else []
    reached = next((place for place, station in enumerate(ahead) if station in allowed), None)
    if reached is None:
        return f"only one that is {' or '.join(map(_called, sorted(allowed)))} can be taken to '{step}'"
    begun = stations.index(state)
    return f"{' and '.join(_WAY[begun : begun + reached + 1])} it first"


def may_approve(*, authors: Iterable[str], approver: str, recipients: int, above: int) -> None:
    """A second pair of eyes, on names as `api/actors.py` compares them.

    Raises Forbidden if one of those who wrote it approves what goes to more than `above` people, or if nobody did.
    """
    if recipients > above and actors.among(approver, authors):
        raise Forbidden(f"{recipients} people would get this: somebody else than its author approves above {above}")
