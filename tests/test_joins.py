"""Lists within a sentence use the commas, colons and "and" of each language."""

from __future__ import annotations

import re

import pytest

from api.consultations.content import OptionContent, QuestionContent
from api.consultations.models import Consultation
from api.consultations.receipts.description import describe
from api.consultations.receipts.lookup import AnsweredQuestion, Checked, Standing
from tests.catalogs import ROOT
from tests.consultations import words
from tests.test_catalogs import CATALOGS


@pytest.mark.parametrize(
    ("tag", "listed", "joined", "paired", "clauses"),
    [
        (("ar", False), "1، 2، 3", "1، 2 و3", "مركز: 5", "1؛ 2"),
        (("fr", False), "1, 2, 3", "1, 2 et 3", "مركز : 5", "1 ; 2"),
        (("zgh", False), "1, 2, 3", "1, 2 ⴷ 3", "مركز: 5", "1; 2"),
        (("zgh", True), "1, 2, 3", "1, 2 d 3", "مركز: 5", "1; 2"),
    ],
)
def test_each_language_has_its_signs(
    tag: tuple[str, bool], listed: str, joined: str, paired: str, clauses: str
) -> None:
    voice = CATALOGS.voice(tag[0], latin=tag[1])
    assert voice.listed([1, 2, 3]) == listed
    assert voice.joined([1, 2, 3]) == joined
    assert (voice.joined([7]), voice.listed([])) == ("7", "")
    assert voice.paired("مركز", 5) == paired
    assert voice.clauses(["1", "2"]) == clauses


@pytest.mark.parametrize(
    ("language", "points", "stances"),
    [
        ("ar", "نص a: 5، نص b: 3", "موافق: نص a، نص b؛ غير موافق: نص c"),
        ("fr", "texte a : 5, texte b : 3", "D'accord : texte a, texte b ; Pas d'accord : texte c"),
    ],
)
def test_a_receipt_lists_as_its_language_does(language: str, points: str, stances: str) -> None:
    options = tuple(OptionContent(value, words(value)) for value in "abc")
    for kind, values, said in (("points", ("a:5", "b:3"), points), ("statements", ("a:yes", "b:yes", "c:no"), stances)):
        question = QuestionContent(1, kind, words("q"), {"total": 8}, options)
        consultation = Consultation(code="x", title=words("x"))
        checked = Checked("ABCD2345", Standing.PUBLISHED, consultation, [AnsweredQuestion(1, question, values)])
        assert describe(checked, CATALOGS.voice(language)).splitlines()[1] == f"1. {said}"


def test_nothing_residents_read_is_joined_by_hand() -> None:
    """Code for residents' texts contains no comma or colon of one language; use `Voice` instead."""
    by_hand = re.compile(r"""["']\s*[,;:] ["']\.join|\}\s?: \{""")
    allowed = {"residents.py", "meetings.py", "updates.py", "word_assignment.py"}  # read by staff
    for folder in ("authoring", "conversations", "dialogue", "public", "workflows"):
        for path in sorted((ROOT / "api" / folder).rglob("*.py")):
            match = by_hand.search(path.read_text(encoding="utf-8"))
            assert match is None or path.name in allowed, path
