"""The states of a campaign, which actions lead from one to another, and who may approve it.

These are pure rules without database access.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

from api import actors
from api.errors import Conflict, Forbidden


class CampaignState(StrEnum):
    """The state of a campaign."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    SCHEDULED = "scheduled"
    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"
    CANCELLED = "cancelled"


class Transition(NamedTuple):
    """A rule for one action: the states in which it is allowed, and the state to which it leads."""

    allowed: frozenset[CampaignState]
    target: CampaignState


_DRAFT, _SUBMITTED, _APPROVED = CampaignState.DRAFT, CampaignState.SUBMITTED, CampaignState.APPROVED
_SCHEDULED, _RUNNING, _PAUSED = CampaignState.SCHEDULED, CampaignState.RUNNING, CampaignState.PAUSED

WAITING = (
    _DRAFT,
    _SUBMITTED,
    _APPROVED,
    _PAUSED,
)  # the states in which a campaign waits for staff
BEFORE_LAUNCH = (_DRAFT, _SUBMITTED, _APPROVED, _SCHEDULED)
OVER = frozenset({CampaignState.FINISHED, CampaignState.CANCELLED})
UNCHANGING = ("test", "budget")  # actions that are recorded but do not change the state
ACTIONS: dict[str, Transition] = {
    "submit": Transition(frozenset({_DRAFT}), _SUBMITTED),
    "edit": Transition(frozenset(BEFORE_LAUNCH), _DRAFT),
    "revise": Transition(frozenset({_SUBMITTED, _APPROVED, _SCHEDULED}), _DRAFT),
    "approve": Transition(frozenset({_SUBMITTED}), _APPROVED),
    "schedule": Transition(frozenset({_APPROVED, _SCHEDULED}), _SCHEDULED),
    "unschedule": Transition(frozenset({_SCHEDULED}), _APPROVED),
    "missed": Transition(frozenset({_SCHEDULED}), _APPROVED),  # the launch was too late; the approval stays valid
    "launch": Transition(frozenset({_APPROVED, _SCHEDULED}), _RUNNING),
    "pause": Transition(frozenset({_RUNNING}), _PAUSED),
    "resume": Transition(frozenset({_PAUSED}), _RUNNING),
    "finish": Transition(frozenset({_RUNNING}), CampaignState.FINISHED),
    "cancel": Transition(frozenset({*BEFORE_LAUNCH, _RUNNING, _PAUSED}), CampaignState.CANCELLED),
}
_TO_LAUNCH = ("submit", "approve", "launch")  # the actions from draft to launch, in order


def next_state(state: CampaignState, action: str, *, subject: str = "the campaign") -> CampaignState:
    """Return the state to which an action leads. `subject` is the campaign's name in the error.

    Raises Conflict, which says why the action is not allowed and what to do first.
    """
    allowed, target = ACTIONS[action]
    if state not in allowed:
        raise Conflict(f"{subject} is {_described(state)}: {_advice(state, action, allowed)}")
    return target


def _described(state: CampaignState) -> str:
    return "a draft" if state == CampaignState.DRAFT else str(state)


def _advice(state: CampaignState, action: str, allowed: Iterable[CampaignState]) -> str:
    """Tell staff which actions to take before this one."""
    stations = [CampaignState.DRAFT, *(ACTIONS[each].target for each in _TO_LAUNCH)]
    ahead = stations[stations.index(state) + 1 :] if state in stations else []
    steps = next((place for place, station in enumerate(ahead) if station in allowed), None)
    # no action leads to a state in which this one is allowed, so only name these states
    if steps is None:
        return f"the step '{action}' needs a campaign that is {' or '.join(map(_described, sorted(allowed)))}"
    start = stations.index(state)
    return f"{' and '.join(_TO_LAUNCH[start : start + steps + 1])} it first"


def may_approve(*, authors: Iterable[str], approver: str, recipients: int, above: int) -> None:
    """Raise Forbidden if a campaign to more than `above` people lacks an approver who did not write it.

    Look-alike names count as the same person.
    """
    if recipients > above and actors.among(approver, authors):
        raise Forbidden(
            f"this campaign goes to {recipients} people: for more than {above}, someone other than its author "
            "must approve it"
        )
