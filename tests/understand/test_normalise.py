"""Normalising: eight steps, idempotent, blind to marks, case, digit scripts and doubled letters."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.text.normalise import normalise

LETTERS = "abcdefghijklmnopqrstuvwxyzàâçéèêëîïôûùñɣɛḍḥṛṣṭẓ"
LETTERS += "ابتثجحخدذرزسشصضطظعغفقكلمنهويأإآةىؤئءڭگⴰⴱⴳⴷⴹⴻⴼⴽⵀⵃⵄⵅⵇⵉⵊⵍⵎⵏⵓⵔⵕⵖⵙⵚⵛⵜⵟⵡⵢⵣⵥ"
MARKS = "\u0640\u064b\u064e\u0651\u0652\u0670\u200e\u200f\u061c\u202a\u202e\u2066\u2069\u200b\u200d\ufeff\u00ad"


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("١", "1"), ("۱", "1"), ("１", "1"), ("①", "1"), ("❶", "1"), ("1️⃣", "1"), ("1.", "1"), ("(1)", "1"),
        ("#1", "1"), ("²", "2"), ("11", "11"), ("22 22", "22 22"), ("نَعَــمْ", "نعم"), ("نعمممم", "نعم"), ("ﻻ", "لا"),
        ("لأ", "لا"), ("إلغاء", "الغا"), ("مُوَافِقَة", "موافقه"), ("OUIIII", "oui"), ("  Été ! ", "ete"), ("Œuf", "oeuf"),
        ("ⵢⴰⵀ", "yah"), ("Ɣur", "ghur"), ("ɛ", "a"), ("ⵓⵟⵟⵓⵏ", "utun"), ("👍🏽", "oui"), ("👎", "non"), ("✅", "oui"),
        ("?", "?"), (" ؟ ", "?"), ("?!", ""), ("", ""),
    ],
)  # fmt: skip
def test_keys(text: str, key: str) -> None:
    assert normalise(text) == key


@given(st.text(max_size=60))
def test_it_is_idempotent(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@given(st.text(max_size=40), st.sampled_from(MARKS), st.integers(0, 40))
def test_marks_change_nothing_within_words(text: str, mark: str, at: int) -> None:
    word = "".join(letter for letter in text if letter.isalnum() and ord(letter) < 0x3000)
    at = min(at, len(word))
    assert normalise(word[:at] + mark + word[at:]) == normalise(word) or not normalise(word)


@given(st.text(alphabet=LETTERS, min_size=1, max_size=20), st.data())
def test_doubled_letters_change_nothing(word: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(word) - 1))
    assert normalise(word[:at] + word[at] * 3 + word[at + 1 :]) == normalise(word)
