"""Proposals that save segments: they keep the meaning, and are only made if they help."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sms.proposal import propose
from sms.segments import GSM7, count


@pytest.mark.parametrize(
    ("text", "proposal"),
    [
        ("Êtes-vous d’accord ?", "Etes-vous d'accord ?"),
        ("« L’eau » : où, déjà, à Tétouan…", '" L\'eau " : où, déjà, à Tétouan...'),
        ("ça va, garçon, cœur, œuvre", "ca va, garcon, coeur, oeuvre"),
        ("10\u202f000\u00a0dh — bientôt", "10 000 dh - bientot"),
        ("cafe\u0301", "café"),
        ("Déjà tout simple, 10 €", None),
        ("نعم", None),
        ("ⵢⴰⵀ", None),
        ("", None),
    ],
)
def test_proposals(text: str, proposal: str | None) -> None:
    assert propose(text) == proposal


@given(st.text(alphabet=st.sampled_from("aéèêçœ’«»…— \u00a0نⴰ👍"), max_size=80))
def test_a_proposal_is_gsm7_and_never_more_expensive(text: str) -> None:
    proposal = propose(text)
    if proposal is not None:
        assert count(proposal).encoding == GSM7
        assert count(proposal).parts <= max(count(text).parts, 1) + 1
