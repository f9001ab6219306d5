"""Counting segments: the limits of both alphabets, and Twilio's own counts if they are next to the repository."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal.segments import count_parts
from sms.segments import GSM7, UCS2, count
from tests.wire.checker import DATA

ORACLE = DATA / "sms-segments.jsonl"
FAMILY = "👨‍👩‍👧‍👦"  # 11 units, one character
FLAG = "🇲🇦"  # 4 units, one character


@pytest.mark.parametrize(
    ("text", "encoding", "parts"),
    [
        ("", GSM7, 1),
        ("a" * 160, GSM7, 1),
        ("a" * 161, GSM7, 2),
        ("a" * 306, GSM7, 2),
        ("a" * 307, GSM7, 3),
        ("€" * 80, GSM7, 1),
        ("€" * 81, GSM7, 2),
        ("a" * 152 + "€" + "a" * 152 + "€", GSM7, 3),  # an extension letter is not split
        ("Été à Agadir, 10 €", GSM7, 1),
        ("Êtes-vous d'accord ?", UCS2, 1),
        ("ça va, garçon", UCS2, 1),
        ("L’eau", UCS2, 1),
        ("cafe\u0301", UCS2, 1),
        ("م" * 70, UCS2, 1),
        ("م" * 71, UCS2, 2),
        ("م" * 134, UCS2, 2),
        ("م" * 135, UCS2, 3),
        ("م" * 1600, UCS2, 24),
        ("ⴰ" * 71, UCS2, 2),
        ("ɣur-wen ḍ ḥ ṣ ṭ ẓ ɛ", UCS2, 1),
        ("👍" * 35, UCS2, 1),
        ("👍" * 36, UCS2, 2),
        ("م" * 60 + FAMILY, UCS2, 2),
        ("م" * 60 + FAMILY + "م" * 56, UCS2, 2),
        ("م" * 66 + FLAG + "م" * 64, UCS2, 3),  # a flag is not split
        ("م" * 66 + "\r\n" + "م" * 66, UCS2, 2),  # a line end may be split
    ],
)
def test_boundaries(text: str, encoding: str, parts: int) -> None:
    segments = count(text)
    assert (segments.encoding, segments.parts) == (encoding, parts)


def test_culprits_are_named_once_in_their_order() -> None:
    assert count("Où êtes-vous ? Ça va, êtes-vous là… «").culprits == ("ê", "…", "«")
    assert count("Ou etes-vous ? Ca va [10 €]").culprits == ()


def test_units_are_those_of_the_encoding() -> None:
    assert count("10 €").units == 5
    assert count("10 € ê").units == 6
    assert count("👍").units == 2


def _oracle(path: Path) -> list[dict[str, str | int]]:
    if not path.exists():
        return []  # the terminal summary says what this run could not check
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_twilios_own_calculator_agrees() -> None:
    rows = _oracle(ORACLE)
    counts = [(count(str(row["text"])).encoding, count(str(row["text"])).parts) for row in rows]
    assert counts == [(row["encoding"], row["segments"]) for row in rows]


@given(st.text(alphabet=st.sampled_from("abé€[\n مⴰɣ’👍"), max_size=400))
def test_the_phone_network_counts_alike(text: str) -> None:
    assert count(text).parts == count_parts(text)


@given(st.text(max_size=300), st.text(max_size=300))
def test_more_text_never_costs_less(text: str, more: str) -> None:
    assert count(text + more).parts >= count(text).parts
