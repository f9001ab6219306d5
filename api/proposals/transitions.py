"""The life of ideas and proposals: their states, and the steps that lead from one to another (pure).

An idea:     received → read → proposal → committed;   received or read → merged or declined;   proposal → read
A proposal:  draft → published → chosen or not chosen by a vote → committed;   published → committed;
             any but committed → withdrawn;   not chosen → chosen by another vote
"""

from __future__ import annotations

from collections.abc import Mapping

from api.errors import Conflict

RECEIVED, READ, MERGED, PROPOSAL, COMMITTED, DECLINED = (
    "received", "read", "merged", "proposal", "committed", "declined",
)  # fmt: skip
DRAFT, PUBLISHED, WITHDRAWN, CHOSEN, NOT_CHOSEN = "draft", "published", "withdrawn", "chosen", "not_chosen"

ELIGIBLE = (PUBLISHED, NOT_CHOSEN)  # proposals that a vote may be held on
PUBLIC = (PUBLISHED, CHOSEN, NOT_CHOSEN, COMMITTED)  # proposals everybody may read

Steps = Mapping[str, tuple[tuple[str, ...], str | None]]  # from which states to which; None: it stays as it is

IDEA: Steps = {
    "read": ((RECEIVED,), READ),
    "merge": ((RECEIVED, READ), MERGED),
    "decline": ((RECEIVED, READ), DECLINED),
    "publish": ((READ, PROPOSAL, COMMITTED), None),
    "propose": ((READ,), PROPOSAL),
    "return": ((PROPOSAL,), READ),
    "commit": ((PROPOSAL,), COMMITTED),
}
PROPOSED: Steps = {
    "publish": ((DRAFT,), PUBLISHED),
    "edit": ((DRAFT, PUBLISHED), None),
    "withdraw": ((DRAFT, PUBLISHED, CHOSEN, NOT_CHOSEN), WITHDRAWN),
    "choose": (ELIGIBLE, CHOSEN),
    "pass over": (ELIGIBLE, NOT_CHOSEN),
    "commit": ((PUBLISHED, CHOSEN, NOT_CHOSEN), COMMITTED),
    "answer": ((PUBLISHED, CHOSEN, NOT_CHOSEN, COMMITTED, WITHDRAWN), None),
}


def next_state(steps: Steps, state: str, step: str) -> str:
    """The state a step leads to. Raises Conflict where it cannot be taken from this state."""
    sources, target = steps[step]
    if state not in sources:
        raise Conflict(f"it is {state}; '{step}' needs it to be {' or '.join(sources)}")
    return target or state
