"""The thesaurus: sourced, equal by sound in both scripts of Darija, and never a second meaning of a choice."""

from __future__ import annotations

import tomllib

import pytest

from api.dialogue.understand.expected import Expected, Name, Offer, Reads
from api.dialogue.understand.read import read
from api.dialogue.understand.vocabulary.phonetics import agree, phonetic, sound
from api.text.normalise import normalise
from tests.catalogs import LOCALES
from tests.corpus.measure import lexicon

LEXICON = lexicon()
LISTED = tomllib.loads((LOCALES / "thesaurus.toml").read_text(encoding="utf-8"))
THEMES = {
    "water",
    "roads",
    "schools",
    "health",
    "transport",
    "light",
    "waste",
    "jobs",
    "housing",
    "youth",
    "sport",
    "women",
    "farming",
    "environment",
    "safety",
    "administration",
    "prices",
}


def question(*labels: str) -> Expected:
    offers = tuple(Offer(f"q:1:{place}", (Name(label, "fr"),)) for place, label in enumerate(labels, start=1))
    return Expected(Reads.ONE, offers)


def test_every_theme_has_its_source_and_all_who_may_speak_of_it() -> None:
    assert set(LISTED) == THEMES
    for theme, lists in LISTED.items():
        assert lists["source"], theme
        assert {"ar", "darija", "arabizi", "fr", "zgh", "rif", "es"} <= set(lists), theme


def test_arabic_script_and_arabizi_sound_alike() -> None:
    pairs = [pair for lists in LISTED.values() for pair in lists["darija"]]
    assert len({tuple(pair) for pair in pairs}) >= 300
    for arabic, latin in pairs:
        sounds = [[sound(word) for word in normalise(text).split()] for text in (arabic, latin)]
        assert [each.key for each in sounds[0]] == [each.key for each in sounds[1]], (arabic, latin)
        assert all(agree(one, other) for one, other in zip(*sounds, strict=True)), (arabic, latin)


def test_no_word_is_a_number_or_reverses_an_answer() -> None:
    words = set(LEXICON.thesaurus.themes)
    reversing = {
        word for word, roles in LEXICON.roles.items() if roles & {"not", "except", "but", "than", "reason", "all"}
    }
    assert not words & {*LEXICON.numbers, *LEXICON.ordinals, *LEXICON.doubts, *reversing}
    assert not [
        word for word in words if (meaning := LEXICON.meaning(word)) and meaning.intent in ("yes", "no", "stop")
    ]


@pytest.mark.parametrize(
    ("one", "other"), [("tri9", "triq"), ("مدرسة", "lmdrsa"), ("السبيطار", "sbitar"), ("طرقان", "tor9an")]
)
def test_words_of_one_sound(one: str, other: str) -> None:
    assert phonetic(normalise(one)) == phonetic(normalise(other))


@pytest.mark.parametrize(
    ("one", "other"), [("aman", "imane"), ("tri9", "truc"), ("na9l", "nickel"), ("سبيطار", "sabotar")]
)
def test_words_that_only_look_alike(one: str, other: str) -> None:
    assert not agree(sound(normalise(one)), sound(normalise(other)))


def test_a_word_of_two_choices_means_neither() -> None:
    assert read("tbib", question("Un hôpital", "Les routes"), LEXICON).keys == ("q:1:1",)
    assert not read("tbib", question("Un hôpital", "Un dispensaire"), LEXICON).keys
    assert not read("tbib", question("Les routes", "Les écoles"), LEXICON).keys


@pytest.mark.parametrize(
    ("label", "word"),
    [
        ("L'éclairage public", "ddow"),
        ("Le transport", "tobis"),
        ("La propreté", "zbel"),
        ("L'emploi", "lkhdma"),
        ("Le logement", "سكن"),
        ("Les jeunes", "chabab"),
        ("Le sport", "terrain de foot"),
        ("Les femmes", "timgharin"),
        ("L'agriculture", "lfla7a"),
        ("L'environnement", "الغابة"),
        ("La sécurité", "seguridad"),
        ("L'administration", "lwra9"),
        ("Les prix", "leghla"),
    ],
)
def test_a_choice_is_found_by_the_words_of_its_theme(label: str, word: str) -> None:
    assert read(word, question(label, "Autre chose"), LEXICON).keys == ("q:1:1",)
