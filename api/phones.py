"""Phone numbers as staff write them and as they may see them: read, refused in words, masked; pure rules."""

from __future__ import annotations

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberType

from api.errors import Invalid

_HOME = "MA"  # a number without a country is one of Morocco
_HEAD, _TAIL = 5, 2  # characters that stay: the country and the kind of number, the end by which its owner knows it
_SHORTEST = 10  # characters of a number of which so many may be shown
_DOTS = "••••••"
_SMS = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)


def read(text: str) -> str:
    """A mobile number in the one form we keep (E.164). Raises Invalid, in words that do not repeat the number."""
    try:
        found = phonenumbers.parse(text, _HOME)
    except NumberParseException:
        raise Invalid("that is no phone number: write it as +212 and nine digits") from None
    if not phonenumbers.is_possible_number(found):
        raise Invalid("that number is too short or too long: write it as +212 and nine digits")
    if not phonenumbers.is_valid_number(found):
        raise Invalid("no such number is given to anyone: look at its first digits")
    if phonenumbers.number_type(found) not in _SMS:
        raise Invalid("that is no mobile number, and takes no SMS")
    return phonenumbers.format_number(found, phonenumbers.PhoneNumberFormat.E164)


def masked(address: str) -> str:
    """What staff may see of a number or a chat id: +2126••••••45. The dots are always six, so that they tell nothing.

    Of what is too short, or no number, only the end stays: ••••••45.
    """
    long = address.startswith("+") and len(address) >= _SHORTEST
    return f"{address[:_HEAD] if long else ''}{_DOTS}{address[-_TAIL:]}"
