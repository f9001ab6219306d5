"""Convert phone numbers from providers, apps and staff to E.164, or say why a text is not a phone number.

E.164 is the international form, such as +212600000012. These are pure rules without database access.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Literal

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberType

from api.errors import Invalid

HOME = "MA"  # the country of numbers without a country code, unless `default_region` is set

Why = Literal["scheme", "several", "name", "short", "long", "unassigned", "global", "service", "landline"]

_SCHEME = re.compile(r"\s*[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_SHAPE = re.compile(r"\s*[+＋]?[\d\s().,/·‐-―-]*")
_APART = re.compile(r"[;,/|&\n\r]")
_SEVERAL = 6  # digits on both sides of a separator mean two numbers in one field
_SHORT_CODE = 6  # maximum digits of an operator's short code
_NO_COUNTRY = "001"  # satellite and other global networks: expensive, and not used by residents
_MOBILE = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)
_PERSONAL = (*_MOBILE, PhoneNumberType.FIXED_LINE)  # some fixed lines in Morocco have a SIM and can send SMS
_HEAD, _TAIL = (
    5,
    2,
)  # characters left visible: the start shows country and kind of number, and its owner recognises the end
_SHORTEST = 10  # the fewest characters of a number of which the start may be shown
_LONGEST = 13  # characters of a full number: +212 and nine digits
_DOTS = "••••••"

_WORDS: dict[Why, str] = {
    "scheme": "this is an address of another service, not a phone number",
    "several": "this field takes only one number, not several",
    "name": "this is not a phone number",
    "short": "this is not a phone number: it is too short",
    "long": "this is not a phone number: it is too long",
    "unassigned": "this number is not assigned to anyone: check its first digits",
    "global": "this number does not belong to a country (for example, a satellite phone)",
    "service": "this is not a mobile number and cannot receive SMS",
    "landline": "this is not a mobile number and cannot receive SMS",
}
_HINTED: tuple[Why, ...] = ("name", "short", "long")


class NotAPhone(Invalid):
    """The text is not a phone number. `why` is the reason; the error message never repeats the text."""

    def __init__(self, why: Why, region: str) -> None:
        """Store the reason, and write the message. For most reasons it says how to write a number of this region."""
        hint = f". Write it in full, starting with +{phonenumbers.country_code_for_region(region)}"
        super().__init__(_WORDS[why] + (hint if why in _HINTED else ""))
        self.why = why


def e164(text: str, region: str = HOME) -> str:
    """Convert a number from a provider or an app to E.164, in whatever form it is written. Raises NotAPhone."""
    # a blank at the start may be an unescaped plus; an international number may lack its plus
    return _format(_first(_wire_forms(*_split(text, region)), region, _PERSONAL))


def read(text: str, region: str = HOME) -> str:
    """Convert a mobile number that staff typed to E.164. Raises NotAPhone."""
    _, plus, digits = _split(text, region)
    return _format(_first(iter([f"+{digits}" if plus else digits]), region, _MOBILE))


def of_address(address: str, region: str = HOME) -> str:
    """Convert a stored address to E.164, even if another service wrote it (whatsapp:+212…). Raises NotAPhone."""
    scheme = _SCHEME.match(address)
    return e164(address[scheme.end() :] if scheme else address, region)


def is_surely_e164(address: str, region: str = HOME) -> bool:
    """Return True if an address is certainly in E.164. The check is fast: a million addresses take seconds.

    It returns True only for numbers of this region. Check all other addresses with `of_address`.
    """
    code = f"+{phonenumbers.country_code_for_region(region)}"
    rest = address.removeprefix(code)
    return rest != address and rest.isascii() and rest.isdecimal() and rest[0] != "0" and len(address) <= _LONGEST


def masked(address: str) -> str:
    """Return a number or chat id with most of it hidden from staff: +2126••••••45.

    There are always six dots, so they do not reveal the length. Of a short number or a chat id, only the end is shown:
    ••••••45.
    """
    long = address.startswith("+") and len(address) >= _SHORTEST
    return f"{address[:_HEAD] if long else ''}{_DOTS}{last_digits(address)}"


def last_digits(address: str) -> str:
    """Return the last digits of a number, by which its owner can recognise it. `masked` shows the same digits."""
    return address[-_TAIL:]


def _split(text: str, region: str) -> tuple[bool, bool, str]:
    """Split a number into: begins with a blank, has a plus (or 00), digits. Raises NotAPhone."""
    bare = "".join(letter for letter in text if unicodedata.category(letter) != "Cf")  # invisible marks from pasting
    if _SCHEME.match(bare):
        raise NotAPhone("scheme", region)
    if sum(len(re.findall(r"\d", part)) >= _SEVERAL for part in _APART.split(bare)) > 1:
        raise NotAPhone("several", region)
    digits = "".join(str(unicodedata.decimal(letter)) for letter in bare if letter.isdecimal())
    if not digits or not _SHAPE.fullmatch(bare):
        raise NotAPhone("name", region)
    plus = bare.lstrip()[0] in "+＋"
    if digits.startswith("00"):
        plus, digits = True, digits[2:]
    elif digits.startswith("0"):
        plus = False  # country codes never begin with 0: this is the national form with a plus before it
    return bare[0].isspace(), plus, digits


def _wire_forms(blank: bool, plus: bool, digits: str) -> Iterator[str]:
    """Yield the possible readings of a number that a provider sent, the most likely first."""
    abroad = f"+{digits}"
    if plus:
        yield abroad
    elif digits.startswith("0"):
        yield digits
    else:
        yield from (abroad, digits) if blank else (digits, abroad)


def _first(forms: Iterator[str], region: str, kinds: tuple[int, ...]) -> PhoneNumber:
    """Return the first of these readings that is a phone number of one of these kinds. Raises NotAPhone."""
    wrong: NotAPhone | None = None
    for form in forms:
        try:
            return _checked(form, region, kinds)
        except NotAPhone as error:
            wrong = wrong or error
    raise wrong or NotAPhone("name", region)


def _checked(form: str, region: str, kinds: tuple[int, ...]) -> PhoneNumber:
    if len(form) <= _SHORT_CODE:
        raise NotAPhone("short", region)
    try:
        number = phonenumbers.parse(form, region)
    except NumberParseException as error:
        raise NotAPhone("long" if error.error_type == error.TOO_LONG else "name", region) from None
    why = _wrong(number, kinds)
    if why is not None:
        raise NotAPhone(why, region)
    return number


def _wrong(number: PhoneNumber, kinds: tuple[int, ...]) -> Why | None:
    """Return why a number is not of one of these kinds; None if it is."""
    if phonenumbers.region_code_for_country_code(number.country_code or 0) == _NO_COUNTRY:
        return "global"
    possible = phonenumbers.is_possible_number_with_reason(number)
    if possible == phonenumbers.ValidationResult.TOO_LONG:
        return "long"
    if possible != phonenumbers.ValidationResult.IS_POSSIBLE:
        return "short"
    if not phonenumbers.is_valid_number(number):
        return "unassigned"
    kind = phonenumbers.number_type(number)
    if kind in kinds:
        return None
    return "landline" if kind == PhoneNumberType.FIXED_LINE else "service"


def _format(number: PhoneNumber) -> str:
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
