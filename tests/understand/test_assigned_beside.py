"""A word assigned to an option changes nobody's answer: next to another option it adds and hides nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from api.consultations.content import OptionContent
from api.dialogue.expectations import names_of
from api.dialogue.understand.expected import Expected, Offer, Reads
from api.dialogue.understand.read import read
from tests.corpus.measure import lexicon

LEXICON = lexicon()
ROAD = OptionContent("1", {"ar": "إصلاح الطريق", "fr": "Réparer la route", "zgh": "ⴰⴱⵔⵉⴷ"})
SCHOOL = OptionContent("2", {"ar": "بناء مدرسة", "fr": "Construire une école", "zgh": "ⵜⵉⵏⵎⵍ"})
WATER = OptionContent("3", {"ar": "توفير الماء", "fr": "Apporter l'eau", "zgh": "ⴰⵎⴰⵏ"})


def question(reads: Reads, *also: str, ordered: bool = False) -> Expected:
    options = (replace(ROAD, also=also), SCHOOL, WATER)
    offers = tuple(Offer(each.value, names_of(each)) for each in options)
    return Expected(reads, offers, ordered=ordered, total=10 if reads is Reads.SHARES else 0)


@pytest.mark.parametrize("ordered", [False, True])
@pytest.mark.parametrize("word", ["zarabo", "zarabo kilimo", "nbghi", "mon avis", "douar", "village", "xsna"])
@pytest.mark.parametrize(
    "template", ["{} école", "école {}", "{} 2", "2 {}", "{} école, eau", "école, {} eau", "{} lma"]
)
def test_an_assigned_word_adds_its_option_to_no_list(word: str, template: str, ordered: bool) -> None:
    text = template.format(word)
    before, after = (read(text, question(Reads.MANY, *also, ordered=ordered), LEXICON) for also in ((), (word,)))
    assert "1" not in after.keys, text
    assert after == before


@pytest.mark.parametrize("reads", [Reads.ONE, Reads.MANY, Reads.SHARES])
@pytest.mark.parametrize("text", ["école", "2", "STOP", "stop svp", "aide", "A5 C3"])
def test_an_assigned_word_changes_no_other_reading(reads: Reads, text: str) -> None:
    assert read(text, question(reads, "école", "2", "stop", "aide"), LEXICON) == read(text, question(reads), LEXICON)


@pytest.mark.parametrize(
    ("reads", "text", "keys"),
    [
        (Reads.ONE, "saniya", "1"), (Reads.ONE, "la saniya", "1"), (Reads.ONE, "saniya svp", "1"),
        (Reads.ONE, "merci saniya", "1"), (Reads.ONE, "une saniya", "1"), (Reads.ONE, "saniya, merci", "1"),
        (Reads.MANY, "saniya", "1"), (Reads.MANY, "saniya, école", "1 2"), (Reads.MANY, "eau et la saniya", "3 1"),
        (Reads.MANY, "saniya w lma", "1 3"), (Reads.MANY, "الماء والسانية", "3 1"),
        (Reads.MANY, "la route, la saniya", ""),
        (Reads.SHARES, "saniya 5 c 5", "1:5 3:5"), (Reads.SHARES, "saniya c 10", ""),
    ],
)  # fmt: skip
def test_a_word_by_itself_means_its_option(reads: Reads, text: str, keys: str) -> None:
    assert " ".join(read(text, question(reads, "saniya", "السانية"), LEXICON).keys) == keys
