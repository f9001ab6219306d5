"""The states of a campaign, which actions lead from one to another, and who may approve. Pure rules."""

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
    """The states an action may be taken in, and the state it leads to."""

    allowed: frozenset[CampaignState]
    target: CampaignState


_DRAFT, _SUBMITTED, _APPROVED = CampaignState.DRAFT, CampaignState.SUBMITTED, CampaignState.APPROVED
_SCHEDULED, _RUNNING, _PAUSED = CampaignState.SCHEDULED, CampaignState.RUNNING, CampaignState.PAUSED

WAITING = (_DRAFT, _SUBMITTED, _APPROVED, _PAUSED)  # wait for staff; the other states continue by themselves
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
    "missed": Transition(frozenset({_SCHEDULED}), _APPROVED),  # the scheduler came too late; the approval stands
    "launch": Transition(frozenset({_APPROVED, _SCHEDULED}), _RUNNING),
    "pause": Transition(frozenset({_RUNNING}), _PAUSED),
    "resume": Transition(frozenset({_PAUSED}), _RUNNING),
    "finish": Transition(frozenset({_RUNNING}), CampaignState.FINISHED),
    "cancel": Transition(frozenset({*BEFORE_LAUNCH, _RUNNING, _PAUSED}), CampaignState.CANCELLED),
}
_TO_LAUNCH = ("submit", "approve", "launch")  # the actions from draft to launch, in order


def next_state(state: CampaignState, action: str, *, subject: str = "the campaign") -> CampaignState:
    """Return the state an action leads to. Raises Conflict with the reason, and what to do first, if it is not allowed
    now.

    `subject` names the campaign in the message.
    """
    allowed, target = ACTIONS[action]
    if state not in allowed:
        raise Conflict(f"{subject} is {_described(state)}: {_advice(state, action, allowed)}")
    return target


def _described(state: CampaignState) -> str:
    return "a draft" if state == CampaignState.DRAFT else str(state)


def _advice(state: CampaignState, action: str, allowed: Iterable[CampaignState]) -> str:
    """Return the actions to take first on the way to launch, or else the states in which this one is allowed."""
    stations = [CampaignState.DRAFT, *(ACTIONS[each].target for each in _TO_LAUNCH)]
    ahead = stations[stations.index(state) + 1 :] if state in stations else []
    steps = next((place for place, station in enumerate(ahead) if station in allowed), None)
    if steps is None:
        return f"only one that is {' or '.join(map(_described, sorted(allowed)))} can be taken to '{action}'"
    start = stations.index(state)
    return f"{' and '.join(_TO_LAUNCH[start : start + steps + 1])} it first"


def may_approve(*, authors: Iterable[str], approver: str, recipients: int, above: int) -> None:
    """Require a second person for large campaigns; names are compared as in `api/actors.py`.

    Raises Forbidden if one of the authors, or nobody, approves a campaign to more than `above` people.
    """
    if recipients > above and actors.among(approver, authors):
        raise Forbidden(
            f"{recipients} people would get this: above {above}, someone who did not write it must approve it"
        )
