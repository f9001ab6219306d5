"""Every legal and illegal step of a campaign, and the second pair of eyes."""

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


@pytest.mark.parametrize("step", transitions.ACTIONS)
@pytest.mark.parametrize("state", STATES)
def test_every_step_from_every_state(state: str, step: str) -> None:
    if (state, step) in LEGAL:
        assert transitions.next_state(state, step) == LEGAL[state, step]
    else:
        with pytest.raises(Conflict, match=state):
            transitions.next_state(state, step)


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
