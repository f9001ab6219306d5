"""Themes: complete, few enough for a feature phone, and suggested by words of a text in any language."""

from __future__ import annotations

import pytest

from api.i18n import LANGUAGES
from api.region.themes import suggest, theme, themes
from api.residents import follows


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Un puits pour le douar", "water"),
        ("بئر والماء للمدرسة", "water"),
        ("ⴰⵎⴰⵏ ⵉ ⵓⴹⵡⵡⴰⵕ", "water"),
        ("réparer les routes et les ponts", "roads"),
        ("bghina tri9 mzyana", "roads"),
        ("حافلة للتلاميذ نحو المدرسة والثانوية", "schools"),
        ("Un médecin au dispensaire", "health"),
        ("طبيب في المستوصف", "health"),
        ("plus de poubelles sur la plage", "environment"),
        ("إنارة الأزقة بالطاقة الشمسية", "energy"),
        ("un souk couvert pour la coopérative", "work"),
        ("ملعب للشباب", "culture"),
        ("accès à l'information", "rights"),
        ("quelque chose de beau", None),
        ("", None),
        ("123 !!", None),
    ],
)
def test_a_theme_is_suggested_by_words(text: str, expected: str | None) -> None:
    suggestion = suggest(text)
    assert (suggestion.code if suggestion is not None else None) == expected


def test_every_theme_has_a_number_on_a_phone_and_a_name_in_each_language() -> None:
    assert 2 <= len(themes()) <= 9
    for each in themes():
        assert all(each.words[language] for language in LANGUAGES)
        assert theme(each.code) == each
        follows.check(follows.THEME, each.code)  # a theme can be followed by its code
    assert theme("weather") is None


def test_no_word_belongs_to_two_themes() -> None:
    words = [word for each in themes() for word in each.known_by]
    assert len(words) == len(set(words))


def test_every_theme_is_suggested_by_each_of_its_words() -> None:
    for each in themes():
        for word in each.known_by:
            if " " not in word:
                assert suggest(word) == each, word
