"""Shortened texts end between words, before a small word, and are never too long."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from api.text.shortening import SMALL, excerpt, is_small, shortened

WORDS = [word for words in SMALL.values() for word in words.split()]
NAMES = [
    "L'eau",
    "potable",
    "douars",
    "Transport",
    "d'école",
    "filles",
    "الماء",
    "المدارس",
    "ⴰⵎⴰⵏ",
    "ⵓⵎⵓⵖ",
    "2027",
    "santé,",
]
texts = st.lists(st.sampled_from([*WORDS, *NAMES, "(par", "–", "«les"]), min_size=1, max_size=12).map(" ".join)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("L'eau potable dans les douars", "L'eau potable.."),
        ("Transport scolaire des filles", "Transport scolaire.."),
        ("Bibliothèques pour les quartiers", "Bibliothèques.."),
        ("Protéger les bois du feu", "Protéger les bois du feu"),
        ("Plus de bus, et moins de taxis", "Plus de bus.."),
        ("Écoles (dans la montagne)", "Écoles.."),
        ("Routes rurales d'accès aux souks", "Routes rurales d'accès.."),
        ("الماء الصالح للشرب في الدواوير", "الماء الصالح للشرب.."),
        ("نقل الفتيات من المدارس الثانوية", "نقل الفتيات من المدارس.."),
        ("نقل التلميذات والتلاميذ إلى المدارس", "نقل التلميذات.."),
        ("خزانات للكتب من أجل الشباب والأطفال", "خزانات للكتب.."),
        ("ⴰⵎⴰⵏ ⵏ ⵓⵙⵡⵉ ⴳ ⵉⴷⵓⵡⵡⴰⵔⵏ ⵏ ⵜⵎⵏⴰⴹⵜ", "ⴰⵎⴰⵏ ⵏ ⵓⵙⵡⵉ ⴳ ⵉⴷⵓⵡⵡⴰⵔⵏ.."),
        ("ⴰⵎⴰⵏ ⵏ ⵓⵙⵡⵉ ⴳ ⵜⵎⵏⴰⴹⵜ ⵏ ⵓⴳⴰⴼⴰ", "ⴰⵎⴰⵏ ⵏ ⵓⵙⵡⵉ ⴳ ⵜⵎⵏⴰⴹⵜ.."),
        ("aman n uswi g idwwarn n tmnadt", "aman n uswi g idwwarn.."),
        ("Anticonstitutionnellement", "Anticonstitutionnellem.."),
        ("De l'anticonstitutionnalité du plan", "De l'anticonstitutionn.."),
    ],
)
def test_a_name_is_cut_before_a_small_word(text: str, shown: str) -> None:
    assert shortened(text, 24, dots="..") == shown


@given(texts, st.integers(4, 60), st.sampled_from(["..", "..."]))
def test_it_is_never_longer_and_never_ends_in_a_small_word_or_within_one(text: str, most: int, dots: str) -> None:
    shown = shortened(text, most, dots=dots)
    assert len(shown) <= most
    if shown == text:
        return
    kept, said = shown.removesuffix(dots), text.split()
    first = next((place for place, word in enumerate(said) if not is_small(word)), len(said))
    assume(len(" ".join(said[: first + 1])) <= most - len(dots))  # a meaningful word fits
    assert not is_small(kept.split()[-1])
    assert text.startswith(kept)
    assert not text[len(kept)].isalnum()


@given(st.text(max_size=80), st.integers(4, 40))
def test_any_text_is_cut_to_its_length(text: str, most: int) -> None:
    assert len(excerpt(text, most)) <= most
    assert "\n" not in excerpt(text, most)


def test_lists_are_of_single_words_once() -> None:
    for language, words in SMALL.items():
        assert len(set(words.split())) == len(words.split()), language
        assert all(map(is_small, words.split())), language
