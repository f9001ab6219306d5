"""Phone numbers: one form (E.164) of whatever a provider, an app or staff write, or why it is no phone; pure rules."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Literal

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberType

from api.errors import Invalid

HOME = "MA"  # a number without a country is Morocco's, unless `default_region` says otherwise

Why = Literal["scheme", "several", "name", "short", "long", "unassigned", "global", "service", "landline"]

_SCHEME = re.compile(r"\s*[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_SHAPE = re.compile(r"\s*[+＋]?[\d\s().,/·‐-―-]*")
_APART = re.compile(r"[;,/|&\n\r]")
_SEVERAL = 6  # digits on both sides of a separator: two numbers in one field
_SHORT_CODE = 6  # digits of an operator's short code at most
_NO_COUNTRY = "001"  # satellites and other networks that span the world: dear, and nobody's who lives here
_MOBILE = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)
_PERSONAL = (*_MOBILE, PhoneNumberType.FIXED_LINE)  # Morocco has fixed lines with a SIM, which write SMS
_HEAD, _TAIL = 5, 2  # characters that stay: the country and the kind of number, the end by which its owner knows it
_SHORTEST = 10  # characters of a number of which so many may be shown
_LONGEST = 13  # characters of a number that is surely whole: +212 and nine digits
_DOTS = "••••••"

_WORDS: dict[Why, str] = {
    "scheme": "that is no phone number, but an address of another service",
    "several": "one number at a time: there are several in this field",
    "name": "that is no phone number",
    "short": "that is no phone number: it is too short",
    "long": "that is no phone number: it is too long",
    "unassigned": "no such number is given to anyone: look at its first digits",
    "global": "that number belongs to no country (a satellite phone, for example)",
    "service": "that is no mobile number, and takes no SMS",
    "landline": "that is no mobile number, and takes no SMS",
}
_WRITE_ANEW: tuple[Why, ...] = ("name", "short", "long")


class NotAPhone(Invalid):
    """What was given is no phone number. `why` names the reason and repeats nothing of it."""

    def __init__(self, why: Why, region: str) -> None:
        """The sentence says how to write a number of this region."""
        hint = f". Write it in full, from +{phonenumbers.country_code_for_region(region)} on"
        super().__init__(_WORDS[why] + (hint if why in _WRITE_ANEW else ""))
        self.why = why


def e164(text: str, region: str = HOME) -> str:
    """The one form of a number that a provider or an app handed over, however it writes it. Raises NotAPhone.

    A leading blank stands for a plus that was not escaped in a query (application/x-www-form-urlencoded); an
    international number may have lost its plus altogether.
    """
    return _format(_first(_wire_forms(*_split(text, region)), region, _PERSONAL))


def read(text: str, region: str = HOME) -> str:
    """The one form of a mobile number that staff typed, one in a field. Raises NotAPhone."""
    _, plus, digits = _split(text, region)
    return _format(_first(iter([f"+{digits}" if plus else digits]), region, _MOBILE))


def behind(address: str, region: str = HOME) -> str:
    """The number behind an address as it was once stored, that of another service too (whatsapp:+212…).

    Raises NotAPhone.
    """
    scheme = _SCHEME.match(address)
    return e164(address[scheme.end() :] if scheme else address, region)


def plainly(address: str, region: str = HOME) -> bool:
    """Whether an address is surely in its one form: most are, and a million of them are looked at in seconds so.

    Only of numbers of this region; of all others `behind` must say it.
    """
    code = f"+{phonenumbers.country_code_for_region(region)}"
    rest = address.removeprefix(code)
    return rest != address and rest.isascii() and rest.isdecimal() and rest[0] != "0" and len(address) <= _LONGEST


def masked(address: str) -> str:
    """What staff may see of a number or a chat id: +2126••••••45. The dots are always six, so that they tell nothing.

    Of what is too short, or no number, only the end stays: ••••••45.
    """
    long = address.startswith("+") and len(address) >= _SHORTEST
    return f"{address[:_HEAD] if long else ''}{_DOTS}{last_digits(address)}"


def last_digits(address: str) -> str:
    """Return the digits by which a person recognises a number of theirs; the same that `masked` shows."""
    return address[-_TAIL:]


def _split(text: str, region: str) -> tuple[bool, bool, str]:
    """Whether a number begins with a blank, whether with a plus (or 00), and its digits. Raises NotAPhone."""
    bare = "".join(letter for letter in text if unicodedata.category(letter) != "Cf")  # marks that come with pasting
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
        plus = False  # no country's code begins with 0: the plus was put before a number as it is dialled at home
    return bare[0].isspace(), plus, digits


def _wire_forms(blank: bool, plus: bool, digits: str) -> Iterator[str]:
    """The readings of a number from the wire, the likeliest first."""
    abroad = f"+{digits}"
    if plus:
        yield abroad
    elif digits.startswith("0"):
        yield digits
    else:
        yield from (abroad, digits) if blank else (digits, abroad)


def _first(forms: Iterator[str], region: str, kinds: tuple[int, ...]) -> PhoneNumber:
    """The first reading that is a number of one of these kinds. Raises NotAPhone, for what is wrong with the first."""
    wrong: NotAPhone | None = None
    for form in forms:
        try:
            return _checked(form, region, kinds)
        except NotAPhone as problem:
            wrong = wrong or problem
    raise wrong or NotAPhone("name", region)


def _checked(form: str, region: str, kinds: tuple[int, ...]) -> PhoneNumber:
    if len(form) <= _SHORT_CODE:
        raise NotAPhone("short", region)
    try:
        found = phonenumbers.parse(form, region)
    except NumberParseException as problem:
        raise NotAPhone("long" if problem.error_type == problem.TOO_LONG else "name", region) from None
    why = _wrong(found, kinds)
    if why is not None:
        raise NotAPhone(why, region)
    return found


def _wrong(found: PhoneNumber, kinds: tuple[int, ...]) -> Why | None:
    """Why a number is none of these kinds."""
    if phonenumbers.region_code_for_country_code(found.country_code or 0) == _NO_COUNTRY:
        return "global"
    possible = phonenumbers.is_possible_number_with_reason(found)
    if possible == phonenumbers.ValidationResult.TOO_LONG:
        return "long"
    if possible != phonenumbers.ValidationResult.IS_POSSIBLE:
        return "short"
    if not phonenumbers.is_valid_number(found):
        return "unassigned"
    kind = phonenumbers.number_type(found)
    if kind in kinds:
        return None
    return "landline" if kind == PhoneNumberType.FIXED_LINE else "service"


def _format(found: PhoneNumber) -> str:
    return phonenumbers.format_number(found, phonenumbers.PhoneNumberFormat.E164)
