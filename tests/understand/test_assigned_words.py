"""Words assigned to an option: each means this option in every spelling, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from api.authoring.word_check import check_word, check_words
from api.consultations.content import OptionContent, QuestionContent
from api.dialogue.expectations import names_of
from api.dialogue.understand.expected import Expected, Offer, Reads
from api.dialogue.understand.read import read
from api.dialogue.understand.vocabulary.lexicon import Sureness
from api.errors import Invalid
from tests.corpus.measure import lexicon

LEXICON = lexicon()


def option(value: str, ar: str, fr: str, zgh: str, *also: str) -> OptionContent:
    return OptionContent(value, {"ar": ar, "fr": fr, "zgh": zgh}, also=also)


WATER, ROADS = option("1", "الماء", "L'eau", "ⴰⵎⴰⵏ"), option("2", "الطرق", "Les routes", "ⵉⴱⵔⵉⴷⵏ", "rond-point")
SCHOOLS, HEALTH = option("3", "المدارس", "Les écoles", "ⵜⵉⵏⵎⴰⵍ"), option("4", "الصحة", "La santé", "ⵜⴰⴷⵓⵙⵉ")
QUESTION = QuestionContent(1, "single", {}, {}, (WATER, ROADS, SCHOOLS, HEALTH))


@pytest.mark.parametrize("word", ["rond-point", "rocade", "الرصيف", "taxi", "Goudron", "ⴰⵣⵏⵉⵇ", "pont de Tamasint"])
def test_a_word_of_one_option_may_be_assigned_to_it(word: str) -> None:
    check_word(QUESTION, "2", word)


@pytest.mark.parametrize(
    ("word", "why"),
    [
        ("STOP", "is a command (stop)"), ("arrêt", "(stop)"), ("je veux arrêter", "(stop)"), ("fin", "(stop)"),
        ("حبس", "(stop)"), ("aide", "(help)"), ("oui", "(yes)"), ("لا", "(no)"), ("merci", "(thanks)"),
        ("menu", "(menu)"), ("effacer", "(erase)"), ("idée", "(idea)"), ("retour", "(back)"),
        ("2", "is a number"), ("٢", "is a number"), ("deux", "is a number"), ("la dernière", "is a number"),
        ("les deux", "is a number"), ("route 2", "is a number"), ("b", "is a number"), ("الأول", "is a number"),
        ("pas", "too common"), ("le", "too common"), ("parce que", "too common"), ("toutes", "too common"),
        ("!!", "must have letters"), ("un deux trois quatre cinq six sept", "at most 6 words"),
        ("hôpital", "mean another"), ("sbitar", "mean another"), ("السبيطار", "mean another"), ("LMA", "mean another"),
        ("eau des écoles", "mean another"), ("route de l'hôpital", "mean another"),
    ],
)  # fmt: skip
def test_a_word_that_may_mean_something_else_is_refused(word: str, why: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_word(QUESTION, "2", word)
    assert why in str(refused.value)


@pytest.mark.parametrize("word", ["rond-point", "Rond Point", "RONDPOINT"])
def test_a_word_belongs_to_one_option_only(word: str) -> None:
    with pytest.raises(Invalid, match="could also mean another option"):
        check_words([replace(QUESTION, options=(replace(WATER, also=(word,)), ROADS, SCHOOLS, HEALTH))])
    assert check_words([QUESTION]) == [QUESTION]


def test_a_word_shared_by_two_labels_is_assigned_to_neither() -> None:
    north, south = (
        option("1", "الطريق الشمالي", "La route nord", "ⴰⴱⵔⵉⴷ 1"),
        option("2", "ط", "La route sud", "ⴰⴱⵔⵉⴷ 2"),
    )
    with pytest.raises(Invalid, match="could also mean another option"):
        check_word(replace(QUESTION, options=(north, south)), "1", "route")


def question(*options: OptionContent) -> Expected:
    return Expected(Reads.ONE, tuple(Offer(each.value, names_of(each)) for each in options))


@pytest.mark.parametrize(
    ("word", "spellings"),
    [
        ("rocade", ["rocade", "la rocade", "Rocade!", "les rocades", "rocade svp"]),
        ("ssqala", ["ssqala", "السقالة", "sqala"]),
        ("الكورنيش", ["lkornich", "كورنيش", "الكورنيش", "kornich"]),
        ("ⴰⵙⵓⵇⵇⵉ", ["asuqqi", "ⴰⵙⵓⵇⵇⵉ"]),
    ],
)
def test_a_word_is_read_in_every_spelling_and_repeated(word: str, spellings: list[str]) -> None:
    before, after = (question(WATER, replace(ROADS, also=also), SCHOOLS, HEALTH) for also in ((), (word,)))
    for text in spellings:
        assert not read(text, before, LEXICON).understood, text
        reading = read(text, after, LEXICON)
        assert (reading.keys, reading.sureness) == (("2",), Sureness.MID), text  # so that it is repeated


def test_a_word_brings_no_other_words_of_its_theme() -> None:
    """An assigned "ambulance" does not take "doctor" away from health."""
    offered = question(WATER, replace(ROADS, also=("ambulance", "pharmacie")), SCHOOLS, HEALTH)
    assert read("tbib", offered, LEXICON).keys == ("4",)
    assert read("sbitar", offered, LEXICON).keys == ("4",)


@pytest.mark.parametrize(
    ("word", "spellings"), [("قنطرة", ["9antra", "qantra", "l9antra"]), ("صهريج", ["sahrij", "s7rij"])]
)
def test_a_word_in_letters_is_read_with_digits_for_letters(word: str, spellings: list[str]) -> None:
    light = option("2", "الإنارة", "L'éclairage", "ⴰⵙⵙⴼⴰⵡ")
    check_word(replace(QUESTION, options=(SCHOOLS, light)), "2", word)
    for text in spellings:
        assert read(text, question(SCHOOLS, replace(light, also=(word,))), LEXICON).keys == ("2",), text
