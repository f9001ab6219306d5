"""Points shared in words: any order, signs, digits and letters are read exactly as written."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.dialogue.understand.expected import Expected, Name, Offer, Reads
from api.dialogue.understand.read import read
from api.dialogue.understand.values.letters import SIGNS
from api.dialogue.understand.vocabulary.lexicon import Sureness
from tests.corpus.measure import lexicon

LEXICON = lexicon()
NINE = Expected(Reads.SHARES, tuple(Offer(f"q:1:{place}", (Name(f"chose {place}x"),)) for place in range(1, 10)))
DIGITS = ("0123456789", "٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹")
shares = st.dictionaries(st.integers(1, 9), st.integers(1, 100), min_size=1, max_size=9)


def written(number: int, digits: str) -> str:
    return "".join(digits[int(digit)] for digit in str(number))


def keys(points_by_place: dict[int, int]) -> tuple[str, ...]:
    return tuple(f"q:1:{place}:{points}" for place, points in points_by_place.items())


@settings(max_examples=300)
@given(shares, st.sampled_from(sorted(SIGNS)), st.sampled_from(DIGITS), st.sampled_from(["", " ", ":", " = ", "-"]),
       st.sampled_from([" ", ", ", "، ", "\n", ";", " et ", " و "]), st.booleans())  # fmt: skip
def test_letters_and_points_are_taken_as_written(
    out: dict[int, int], language: str, digits: str, within: str, between: str, small: bool
) -> None:
    letters = SIGNS[language].lower() if small else SIGNS[language]
    text = between.join(f"{letters[place - 1]}{within}{written(points, digits)}" for place, points in out.items())
    reading = read(text, NINE, LEXICON)
    assert reading.keys == keys(out), text
    assert reading.sureness is Sureness.HIGH


@given(shares, st.sampled_from(DIGITS), st.sampled_from([":", "=", " : "]), st.sampled_from([" ", ", ", "\n"]))
def test_numbers_and_points_are_taken_and_repeated(out: dict[int, int], digits: str, within: str, between: str) -> None:
    text = between.join(f"{written(place, digits)}{within}{written(points, digits)}" for place, points in out.items())
    reading = read(text, NINE, LEXICON)
    assert (reading.keys, reading.sureness) == (keys(out), Sureness.MID), text


@given(shares)
def test_points_before_letters_are_never_taken_the_other_way_round(out: dict[int, int]) -> None:
    text = " ".join(f"{points}{SIGNS['fr'][place - 1]}" for place, points in out.items())
    assert read(text, NINE, LEXICON).keys == keys(out)


@given(st.lists(st.integers(1, 20), min_size=1, max_size=6), st.sampled_from([" ", "-", "+"]))
def test_bare_numbers_are_no_shares(numbers: list[int], between: str) -> None:
    assert not read(between.join(map(str, numbers)), NINE, LEXICON).keys


@settings(max_examples=400)
@given(st.text("abcdefghi0123456789 ,:=-أبجدهزحطيو", max_size=24))
def test_every_digit_that_is_taken_was_written_and_none_is_left_out(text: str) -> None:
    reading = read(text, NINE, LEXICON)
    if not reading.keys:
        return
    places = [int(key.split(":")[2]) for key in reading.keys]
    assert len(set(places)) == len(places)
    spent = sorted("".join(key.split(":")[3] for key in reading.keys))
    there = sorted(letter for letter in text if letter.isdigit())
    numbered = sorted([*spent, *"".join(map(str, places))])
    without_zeros = [digit for digit in there if digit != "0"]
    assert without_zeros in ([d for d in spent if d != "0"], [d for d in numbered if d != "0"]), (text, reading.keys)


@pytest.mark.parametrize("text", ["x" * 4096, "a5 " * 1300, "1:5 " * 1000, "a-" * 2000, "9" * 4000, "ⴰ" * 4000])
def test_long_texts_are_read_in_one_go(text: str) -> None:
    assert not read(text, NINE, LEXICON).keys
