"""Days, numbers and phone numbers in each language, safe for SMS and for Arabic."""

from __future__ import annotations

from datetime import date

import pytest

from api.text import formats
from sms.segments import GSM7, count

DAY = date(2026, 3, 5)


@pytest.mark.parametrize(
    ("language", "number", "percent"),
    [
        ("ar", "1.234.567,89", "34%"),
        ("fr", "1 234 567,89", "34 %"),
        ("zgh", "1 234 567,89", "34 %"),
    ],
)
def test_by_language(language: str, number: str, percent: str) -> None:
    assert formats.number(1234567.89, language) == number
    assert formats.percent(0.345, language) == percent


def test_the_short_day_has_slashes_in_every_language() -> None:
    assert formats.short_day(DAY) == "05/03/2026"


def test_nothing_forces_ucs2() -> None:
    for text in (
        formats.number(1e6, "fr"),
        formats.percent(0.5, "fr"),
        formats.short_day(DAY),
    ):
        assert count(text).encoding == GSM7


@pytest.mark.parametrize(
    ("number", "shown"), [("+212600000001", "0600000001"), ("5757", "5757"), ("+33100000000", "+33100000000")]
)
def test_phone_numbers_need_no_sign_before_them(number: str, shown: str) -> None:
    assert formats.phone(number) == shown
