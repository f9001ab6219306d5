"""The labelled replies: none may be wrongly understood, and at least 97 % of the answerable ones without asking."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.corpus.measure import (
    ASKED_BACK,
    BLIND_2,
    BLIND_2_ASKED_BACK,
    BLIND_3,
    BLIND_3_ASKED_BACK,
    judge,
    report,
    rows,
)


def test_the_corpus_is_large_and_without_doubles() -> None:
    found = list(rows())
    assert len(found) >= 600
    assert len({(row.reply, row.offered) for row in found}) == len(found)


def test_nothing_is_wrongly_understood_and_little_is_asked_back() -> None:
    verdicts = [judge(row) for row in rows()]
    assert [(each.row.reply, each.row.expected, each.got) for each in verdicts if each.kind == "wrong"] == []
    found = report(verdicts)
    assert found["share"] >= 0.97, [(each.row.reply, each.got) for each in verdicts if each.kind == "asked"]


def test_what_is_still_asked_back_is_never_wrongly_understood() -> None:
    """Replies a careful clerk would understand and we do not yet: the list to work on."""
    verdicts = [judge(row) for row in rows(ASKED_BACK)]
    assert [(each.row.reply, each.row.expected, each.got) for each in verdicts if each.kind == "wrong"] == []


@pytest.mark.parametrize(
    ("blind", "asked_back", "size", "share"),
    [(BLIND_2, BLIND_2_ASKED_BACK, 500, 0.9), (BLIND_3, BLIND_3_ASKED_BACK, 520, 0.75)],
)
def test_the_blind_lists_stay_understood(blind: Path, asked_back: Path, size: int, share: float) -> None:
    """Each list is whole, as it was measured; what is still asked back is listed beside it."""
    verdicts = [judge(row) for row in rows(blind)]
    assert len(verdicts) == size
    assert [(each.row.reply, each.row.expected, each.got) for each in verdicts if each.kind == "wrong"] == []
    asked = {(row.reply, row.offered) for row in rows(asked_back)}
    assert [
        each.row.reply for each in verdicts if each.kind == "asked" and (each.row.reply, each.row.offered) not in asked
    ] == []
    assert report(verdicts)["share"] >= share
