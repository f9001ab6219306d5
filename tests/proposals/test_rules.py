"""The rules for ideas and proposals: personal data in a text, and the transitions of states (pure)."""

from __future__ import annotations

from typing import Any

import pytest

from api.errors import Conflict
from api.proposals import transitions
from api.proposals.ideas.personal_data import flags

IDEA, PROPOSAL = transitions.IDEA_TRANSITIONS, transitions.PROPOSAL_TRANSITIONS


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
    ("table", "step", "state", "expected"),
    [
        (IDEA, "read", "received", "read"),
        (IDEA, "decline", "received", "declined"),
        (IDEA, "publish", "proposal", "proposal"),
        (PROPOSAL, "publish", "draft", "published"),
        (PROPOSAL, "commit", "chosen", "committed"),
        (PROPOSAL, "pass over", "published", "not_chosen"),
        (PROPOSAL, "choose", "not_chosen", "chosen"),
        (PROPOSAL, "answer", "withdrawn", "withdrawn"),
    ],
)
def test_a_step_changes_the_state(table: Any, step: str, state: str, expected: str) -> None:
    assert transitions.next_state(state, step, table) == expected


@pytest.mark.parametrize(
    ("table", "step", "state"),
    [
        (IDEA, "publish", "received"),  # nothing is published before a moderator read it
        (IDEA, "read", "declined"),
        (IDEA, "merge", "merged"),
        (IDEA, "decline", "proposal"),
        (PROPOSAL, "choose", "draft"),
        (PROPOSAL, "withdraw", "committed"),
        (PROPOSAL, "answer", "draft"),
    ],
)
def test_a_step_in_the_wrong_state_is_refused(table: Any, step: str, state: str) -> None:
    with pytest.raises(Conflict):
        transitions.next_state(state, step, table)
