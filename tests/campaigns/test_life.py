"""Every legal and illegal action on a campaign, and the approval by a second person."""

from __future__ import annotations

import pytest

from api.campaigns import transitions
from api.campaigns.transitions import CampaignState
from api.errors import Conflict, Forbidden

STATES = (
    CampaignState.DRAFT,
    CampaignState.SUBMITTED,
    CampaignState.APPROVED,
    CampaignState.SCHEDULED,
    CampaignState.RUNNING,
    CampaignState.PAUSED,
    CampaignState.FINISHED,
)
STATES += (CampaignState.CANCELLED,)
LEGAL = {
    ("draft", "submit"): "submitted",
    **{(state, "edit"): "draft" for state in ("draft", "submitted", "approved", "scheduled")},
    ("submitted", "revise"): "draft",
    ("approved", "revise"): "draft",
    ("scheduled", "revise"): "draft",
    ("submitted", "approve"): "approved",
    ("approved", "schedule"): "scheduled",
    ("scheduled", "schedule"): "scheduled",
    ("scheduled", "unschedule"): "approved",
    ("scheduled", "missed"): "approved",
    ("approved", "launch"): "running",
    ("scheduled", "launch"): "running",
    ("running", "pause"): "paused",
    ("paused", "resume"): "running",
    ("running", "finish"): "finished",
    **{(state, "cancel"): "cancelled" for state in STATES if state not in transitions.OVER},
}


@pytest.mark.parametrize("action", transitions.ACTIONS)
@pytest.mark.parametrize("state", STATES)
def test_every_action_in_every_state(state: str, action: str) -> None:
    if (state, action) in LEGAL:
        assert transitions.next_state(state, action) == LEGAL[state, action]
    else:
        with pytest.raises(Conflict, match=state):
            transitions.next_state(state, action)


@pytest.mark.parametrize(
    ("approver", "recipients", "fine"),
    [
        ("amina", 100, True),
        ("amina", 101, False),
        ("idir", 101, True),
        ("Amina", 101, False),
        (" AMINA ", 101, False),
        ("Am\u00edna", 101, False),
        ("a\u200bmina", 101, False),
        ("\uff41mina", 101, False),
        ("", 101, False),
        ("...", 101, False),
        ("Amina B.", 101, True),
    ],
)
def test_the_author_approves_only_what_is_small(approver: str, recipients: int, fine: bool) -> None:
    if fine:
        transitions.may_approve(authors=["amina"], approver=approver, recipients=recipients, above=100)
    else:
        with pytest.raises(Forbidden, match="101"):
            transitions.may_approve(authors=["amina"], approver=approver, recipients=recipients, above=100)
