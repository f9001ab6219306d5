"""The pure rules of ideas and proposals: personal data in a text, and the steps of a life."""

from __future__ import annotations

import pytest

from api.errors import Conflict
from api.proposals import transitions
from api.proposals.ideas.personal_data import flags


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("appelez le 0600000011", ["phone"]),
        ("06 00 00 00 11 merci", ["phone"]),
        ("+212600000011", ["phone"]),
        ("٠٦٠٠٠٠٠٠١١", ["phone"]),
        ("compte 230 810 1234567890123456 12", ["phone"]),
        ("ecrivez a quelqu.un@exemple.ma", ["email"]),
        ("quelquun (at) exemple.ma", ["email"]),
        ("ma carte AB123456", ["identity"]),
        ("CIN k 98765", ["identity"]),
        ("AB123456, 0600000011, a@b.ma", ["phone", "email", "identity"]),
        ("un budget de 100000 dh", []),
        ("12 communes et 35000 habitants en 2026", []),
        ("la route nationale 2 au km 14", []),
        ("بئر للدوار سنة 2026", []),
    ],
)
def test_personal_data_is_flagged(text: str, expected: list[str]) -> None:
    assert flags(text) == expected


@pytest.mark.parametrize(
    ("steps", "step", "state", "expected"),
    [
        (transitions.IDEA_TRANSITIONS, "read", "received", "read"),
        (transitions.IDEA_TRANSITIONS, "decline", "received", "declined"),
        (transitions.IDEA_TRANSITIONS, "publish", "proposal", "proposal"),
        (transitions.PROPOSAL_TRANSITIONS, "publish", "draft", "published"),
        (transitions.PROPOSAL_TRANSITIONS, "commit", "chosen", "committed"),
        (transitions.PROPOSAL_TRANSITIONS, "pass over", "published", "not_chosen"),
        (transitions.PROPOSAL_TRANSITIONS, "choose", "not_chosen", "chosen"),
        (transitions.PROPOSAL_TRANSITIONS, "answer", "withdrawn", "withdrawn"),
    ],
)
def test_a_step_leads_on(steps: transitions.Steps, step: str, state: str, expected: str) -> None:
    assert transitions.next_state(state, step, steps) == expected


@pytest.mark.parametrize(
    ("steps", "step", "state"),
    [
        (transitions.IDEA_TRANSITIONS, "publish", "received"),  # nothing is published before a moderator read it
        (transitions.IDEA_TRANSITIONS, "read", "declined"),
        (transitions.IDEA_TRANSITIONS, "merge", "merged"),
        (transitions.IDEA_TRANSITIONS, "decline", "proposal"),
        (transitions.PROPOSAL_TRANSITIONS, "choose", "draft"),
        (transitions.PROPOSAL_TRANSITIONS, "withdraw", "committed"),
        (transitions.PROPOSAL_TRANSITIONS, "answer", "draft"),
    ],
)
def test_a_step_out_of_turn_is_refused(steps: transitions.Steps, step: str, state: str) -> None:
    with pytest.raises(Conflict):
        transitions.next_state(state, step, steps)
