"""The states of ideas and proposals, and the steps that lead from one to another (pure).

An idea:     received → read → proposal → committed;   received or read → merged or declined;   proposal → read
A proposal:  draft → published → chosen or not chosen by a vote → committed;   published → committed;
             any but committed → withdrawn;   not chosen → chosen by another vote
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Generic, NamedTuple, TypeVar

from api.errors import Conflict
from api.proposals.states import IdeaState, ProposalState

RECEIVED, READ, MERGED = IdeaState.RECEIVED, IdeaState.READ, IdeaState.MERGED
PROPOSAL, COMMITTED, DECLINED = IdeaState.PROPOSAL, IdeaState.COMMITTED, IdeaState.DECLINED
DRAFT, PUBLISHED, WITHDRAWN = ProposalState.DRAFT, ProposalState.PUBLISHED, ProposalState.WITHDRAWN
CHOSEN, NOT_CHOSEN, ENTERED = ProposalState.CHOSEN, ProposalState.NOT_CHOSEN, ProposalState.COMMITTED

ELIGIBLE = (PUBLISHED, NOT_CHOSEN)  # proposals that can be voted on
PUBLIC = (PUBLISHED, CHOSEN, NOT_CHOSEN, ENTERED)  # proposals that everybody may read

S = TypeVar("S", IdeaState, ProposalState)


class Transition(NamedTuple, Generic[S]):
    """A step: the states in which it is allowed, and the state after it (`target`; None for no change)."""

    sources: tuple[S, ...]
    target: S | None


IDEA_TRANSITIONS: Mapping[str, Transition[IdeaState]] = {
    "read": Transition((RECEIVED,), READ),
    "merge": Transition((RECEIVED, READ), MERGED),
    "decline": Transition((RECEIVED, READ), DECLINED),
    "publish": Transition((READ, PROPOSAL, COMMITTED), None),
    "propose": Transition((READ,), PROPOSAL),
    "return": Transition((PROPOSAL,), READ),
    "commit": Transition((PROPOSAL,), COMMITTED),
}
PROPOSAL_TRANSITIONS: Mapping[str, Transition[ProposalState]] = {
    "publish": Transition((DRAFT,), PUBLISHED),
    "edit": Transition((DRAFT, PUBLISHED), None),
    "withdraw": Transition((DRAFT, PUBLISHED, CHOSEN, NOT_CHOSEN), WITHDRAWN),
    "choose": Transition(ELIGIBLE, CHOSEN),
    "pass over": Transition(ELIGIBLE, NOT_CHOSEN),
    "commit": Transition((PUBLISHED, CHOSEN, NOT_CHOSEN), ENTERED),
    "answer": Transition((PUBLISHED, CHOSEN, NOT_CHOSEN, ENTERED, WITHDRAWN), None),
}


def next_state(state: S, step: str, transitions: Mapping[str, Transition[S]]) -> S:
    """Return the state after a step. Raises Conflict if the step is not allowed in this state."""
    sources, target = transitions[step]
    if state not in sources:
        raise Conflict(
            f"the state is '{state}': the step '{step}' is possible only in the state {' or '.join(sources)}"
        )
    return target or state
