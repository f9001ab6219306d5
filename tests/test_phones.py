"""Phone numbers as staff write and see them: one form, clear refusals, one mask."""

from __future__ import annotations

from contextlib import nullcontext, suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from api.errors import Invalid
from api.routing import phones
from api.settings import Settings


@pytest.mark.parametrize("text", ["+212600000012", "0600000012", "06 00 00 00 12", "00212600000012", "+212 6-00000012"])
def test_a_number_has_one_form(text: str) -> None:
    assert phones.read(text) == "+212600000012"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "not a phone number"),
        ("hello", "not a phone number"),
        ("+212", "not a phone number"),
        ("5757", "too short"),
        ("+2126000000120000", "too long"),
        ("+212000000012", "not assigned to anyone"),
        ("0801000000", "not a mobile number"),
    ],
)
def test_what_is_no_mobile_number_is_refused_in_words(text: str, words: str) -> None:
    with pytest.raises(Invalid, match=words) as refused:
        phones.read(text)
    assert not any(digits in str(refused.value) for digits in ("5757", "000012", "0100"))


@pytest.mark.parametrize(
    ("address", "shown"),
    [("+212600000045", "+2126••••••45"), ("2000000045", "••••••45"), ("5757", "••••••57"), ("", "••••••")],
)
def test_the_mask_is_one_rule(address: str, shown: str) -> None:
    assert phones.masked(address) == shown


WRITINGS = (
    "+212{}", "212{}", "0{}", " 212{}", "00212{}", "+00212{}", "+0{}", "{}", "+212 (0) {}", "\u202a+212{}\u202c",
    "0{}\r\n",
)  # fmt: skip


@given(st.from_regex("6[0-7][0-9]{7}", fullmatch=True), st.sampled_from(WRITINGS))
def test_every_writing_of_a_number_has_the_same_form(home: str, writing: str) -> None:
    number = phones.e164(writing.format(home))
    assert number == f"+212{home}"
    assert phones.e164(number) == number
    assert phones.read(writing.format(home).strip()) == number
    assert phones.is_surely_e164(number)
    assert phones.of_address(f"whatsapp:{writing.format(home).strip()}") == number


@pytest.mark.parametrize(
    ("text", "region", "number"),
    [
        ("+34600000078", "MA", "+34600000078"), ("34600000078", "MA", "+34600000078"),
        (" 34600000078", "MA", "+34600000078"), ("0034600000078", "MA", "+34600000078"),
        ("600000078", "ES", "+34600000078"), ("0600000078", "FR", "+33600000078"),
        ("+212522000001", "MA", "+212522000001"), ("٠٦٠٠٠٠٠٠٠١", "MA", "+212600000001"),
        ("+14155550123", "MA", "+14155550123"),
    ],
)  # fmt: skip
def test_a_number_of_any_country_is_read_off_the_wire(text: str, region: str, number: str) -> None:
    assert phones.e164(text, region) == number


NO_PHONES = {
    "scheme": ("whatsapp:+212600000001", "rcs:+212600000001", "tel:+212600000001", "messenger:1234567890"),
    "name": ("INWI", "1-800-FLOWERS", "", "\x00", "+", "0600000001 ext 5"),
    "short": ("5757", "06000000"),
    "long": ("06000000011", "+21260000000100000"),
    "unassigned": ("+212000000001",),
    "global": ("+881612345678", "+8821612345678", "+870773112345", "+979123456789"),
    "service": ("+212899999001", "+212592401234"),
    "several": tuple(f"0600000001{sign}0600000002" for sign in ("; ", ",", "/", "\n", " | ")),
}


@pytest.mark.parametrize(("text", "why"), [(text, why) for why, texts in NO_PHONES.items() for text in texts])
def test_what_is_no_phone_says_why(text: str, why: str) -> None:
    for read in (phones.e164, phones.read):
        with pytest.raises(phones.NotAPhone) as refused:
            read(text)
        assert refused.value.why == why
        assert not any(part in str(refused.value) for part in ("600000", "INWI", "5757"))


@given(st.text(max_size=40))
def test_any_text_is_a_number_or_refused(text: str) -> None:
    with suppress(phones.NotAPhone):
        number = phones.e164(text)
        assert phones.e164(number) == number


@pytest.mark.parametrize(("region", "fits"), [("MA", True), ("fr", True), ("", False), ("XX", False), ("Maroc", False)])
def test_the_default_region_is_a_country(region: str, fits: bool) -> None:
    with nullcontext() if fits else pytest.raises(ValidationError, match="not a country"):
        assert Settings(_env_file=None, default_region=region).default_region == region.upper()
