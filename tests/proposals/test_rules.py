"""The pure rules of ideas and proposals: personal data in a text, and the steps of a life."""

from __future__ import annotations

import pytest

from api.errors import Conflict
from api.proposals import life
from api.proposals.personal import flags


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
        (life.IDEA, "read", "received", "read"),
        (life.IDEA, "decline", "received", "declined"),
        (life.IDEA, "publish", "proposal", "proposal"),
        (life.PROPOSED, "publish", "draft", "published"),
        (life.PROPOSED, "commit", "chosen", "committed"),
        (life.PROPOSED, "pass over", "published", "not_chosen"),
        (life.PROPOSED, "choose", "not_chosen", "chosen"),
        (life.PROPOSED, "answer", "withdrawn", "withdrawn"),
    ],
)
def test_a_step_leads_on(steps: life.Steps, step: str, state: str, expected: str) -> None:
    assert life.after(steps, step, state) == expected


@pytest.mark.parametrize(
    ("steps", "step", "state"),
    [
        (life.IDEA, "publish", "received"),  # nothing is published before a moderator read it
        (life.IDEA, "read", "declined"),
        (life.IDEA, "merge", "merged"),
        (life.IDEA, "decline", "proposal"),
        (life.PROPOSED, "choose", "draft"),
        (life.PROPOSED, "withdraw", "committed"),
        (life.PROPOSED, "answer", "draft"),
    ],
)
def test_a_step_out_of_turn_is_refused(steps: life.Steps, step: str, state: str) -> None:
    with pytest.raises(Conflict):
        life.after(steps, step, state)
