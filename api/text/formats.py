"""Format days, numbers and phone numbers by language, safe for SMS (only spaces that GSM-7 has) and for Arabic."""

from __future__ import annotations

from datetime import date

from babel.dates import format_date
from babel.numbers import format_decimal, format_percent

_LOCALES = {"ar": "ar_MA", "fr": "fr_MA", "zgh": "zgh"}
_SPACES = str.maketrans(dict.fromkeys("\u00a0\u202f", " "))
_MARKS = str.maketrans(dict.fromkeys("\u200e\u200f"))


def short_day(day: date) -> str:
    """Format a day as 31/12/2026 in every language. Slashes, because hyphens would reverse the order in Arabic text."""
    return f"{day:%d/%m/%Y}"


def weekday(day: date, language: str) -> str:
    """Return the abbreviated name of the weekday."""
    return _plain(format_date(day, "EEE", locale=_LOCALES[language]))


def number(value: float, language: str) -> str:
    """Format a number with the language's separators."""
    return _plain(format_decimal(value, locale=_LOCALES[language]))


def percent(share: float, language: str) -> str:
    """Format a share (0 to 1) as a whole percentage."""
    return _plain(format_percent(share, locale=_LOCALES[language]))


def phone(e164: str) -> str:
    """Format a Moroccan number in its national form, which needs no plus sign; return any other number unchanged."""
    return f"0{e164[4:]}" if e164.startswith("+212") else e164


def _plain(text: str) -> str:
    return text.translate(_SPACES).translate(_MARKS)
