"""Phone numbers as staff write and see them: one form, refusals in words, one mask."""

from __future__ import annotations

import pytest

from api import phones
from api.errors import Invalid


@pytest.mark.parametrize("text", ["+212600000012", "0600000012", "06 00 00 00 12", "00212600000012", "+212 6-00000012"])
def test_a_number_has_one_form(text: str) -> None:
    assert phones.read(text) == "+212600000012"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no phone number"),
        ("hello", "no phone number"),
        ("+212", "no phone number"),
        ("5757", "too short"),
        ("+2126000000120000", "too long"),
        ("+212000000012", "no such number"),
        ("0801000000", "no mobile number"),
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
