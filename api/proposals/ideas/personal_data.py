"""Find personal data in a text, as a warning to moderators before they publish it (pure)."""

from __future__ import annotations

import re
import unicodedata

from phonenumbers import Leniency, PhoneNumberMatcher

from api.text.normalise import LONGEST, in_ascii_digits, uncrowded

PHONE, EMAIL, IDENTITY = "phone", "email", "identity"

_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]+\s?(?:@|\(at\)|\[at\])\s?[\w-]+(?:\.[\w-]+)+", re.IGNORECASE)
# The national identity card: one or two letters, then five to seven digits ("AB123456", "k 98765"); but no short word
# before an amount ("de 100000 DH").
_IDENTITY = re.compile(
    r"(?<![^\W_])(?!(?:de|du|la|le|et|en|au|ou|à|a|dh)[ .-])[a-z]{1,2}[ .-]?\d{5,7}(?!\d)", re.IGNORECASE
)
_READ = LONGEST  # characters of a text that are searched; no message has more
_TRIES = 100  # possible phone numbers to check in one text
_DIGITS = re.compile(r"\d(?:[ .-]?\d){8,}")  # as long as a phone number or a bank account number


def flags(text: str) -> list[str]:
    """Return the kinds of personal data that a text seems to contain. A flag is a warning, not a proof."""
    plain = in_ascii_digits(unicodedata.normalize("NFKC", uncrowded(text[:_READ]))[:_READ])
    matches = {
        PHONE: bool(_DIGITS.search(plain)) or _has_number(plain),
        EMAIL: bool(_EMAIL.search(plain)),
        IDENTITY: bool(_IDENTITY.search(plain)),
    }
    return [kind for kind, matched in matches.items() if matched]


def _has_number(text: str) -> bool:
    return any(True for _ in PhoneNumberMatcher(text, "MA", leniency=Leniency.POSSIBLE, max_tries=_TRIES))
