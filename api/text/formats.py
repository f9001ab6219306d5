"""Format days, numbers and phone numbers for a language. The results are safe for SMS and within Arabic text.

Spaces are only of the kind that GSM-7, the basic SMS alphabet, has.
"""

from __future__ import annotations

from datetime import date

from babel.dates import format_date
from babel.numbers import format_decimal, format_percent

_LOCALES = {"ar": "ar_MA", "fr": "fr_MA", "zgh": "zgh"}
_SPACES = str.maketrans(dict.fromkeys("\u00a0\u202f", " "))
_MARKS = str.maketrans(dict.fromkeys("\u200e\u200f"))


def short_day(day: date) -> str:
    """Return a day as 31/12/2026 in every language. Hyphens would reverse the order in Arabic text, slashes do not."""
    return f"{day:%d/%m/%Y}"


def weekday(day: date, language: str) -> str:
    """Return the abbreviated name of the weekday in a language."""
    return _plain(format_date(day, "EEE", locale=_LOCALES[language]))


def number(value: float, language: str) -> str:
    """Return a number with the separators of a language."""
    return _plain(format_decimal(value, locale=_LOCALES[language]))


def percent(share: float, language: str) -> str:
    """Return a share from 0 to 1 as a whole percentage."""
    return _plain(format_percent(share, locale=_LOCALES[language]))


def phone(e164: str) -> str:
    """Return a Moroccan number in its national form, which needs no plus sign; any other number is unchanged."""
    return f"0{e164[4:]}" if e164.startswith("+212") else e164


def _plain(text: str) -> str:
    return text.translate(_SPACES).translate(_MARKS)
