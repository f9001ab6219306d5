"""Read numbers as people write them: digits of any script, words of four languages, with or without units."""

from __future__ import annotations

import re
from collections.abc import Sequence

from api.dialogue.understand.expected import MISSED, Expected, Reading
from api.dialogue.understand.vocabulary.lexicon import Lexicon
from api.dialogue.understand.vocabulary.naming import words

_LITERAL = re.compile(r"(?<![\w.,٫])[-+−]?\d{1,15}(?:[.,٫]\d{1,9})?(?!\w|[.,٫]\d)")
_GROUPED = re.compile(r"(?<!\d)(\d{1,3})((?: \d{3})+)(?!\d)")  # "1 000"
_UNCLEAR = re.compile(r"\d[.,]\d{3}(?!\d)")  # "1.000": a thousand in some languages, one in others
_OUT_OF = re.compile(r"(\d{1,3})\s*(?:/|sur|من|على|men|3la)\s*(\d{1,3})")
_GLUED = re.compile(r"(\d+)([^\W\d_]+)")
_MOST = 24  # maximum words in an answer with an amount


def read_step(folded: str, expected: Expected, lexicon: Lexicon) -> Reading:
    """Read a step of a scale; MISSED if there is none. The number is the step, never a position in a list."""
    if len(words(folded)) > _MOST:
        return MISSED
    amount = _amount(without_scale_end(folded, expected.high, lexicon), lexicon, lexicon.points)
    return _in_range(amount, expected)


def without_scale_end(folded: str, high: int, lexicon: Lexicon) -> str:
    """Return the text without "out of five" if five is the end of the scale ("4/5", "trois sur cinq")."""
    out_of = _OUT_OF.search(folded)
    if out_of and int(out_of[2]) == high:
        return folded[: out_of.start()] + out_of[1] + folded[out_of.end() :]
    tokens = words(folded)
    for place, word in enumerate(tokens):
        if (
            place
            and word in lexicon.out_of
            and _written(tokens[place + 1 :], lexicon, lexicon.points).value == str(high)
        ):
            return " ".join(tokens[:place])
    return folded


def read_number(folded: str, expected: Expected, lexicon: Lexicon) -> Reading:
    """Read the only amount in a text. If the text has more than units and fillers beside it, return MISSED."""
    if len(words(folded)) > _MOST:
        return MISSED
    return _in_range(_amount(folded, lexicon, lexicon.units), expected)


def _in_range(amount: Reading, expected: Expected) -> Reading:
    """Return the amount if the question accepts it, or else MISSED."""
    if amount.value is None or (
        expected.high > expected.low and not expected.low <= float(amount.value) <= expected.high
    ):
        return MISSED
    return amount if expected.decimals or float(amount.value).is_integer() else MISSED


def _amount(folded: str, lexicon: Lexicon, units: frozenset[str]) -> Reading:
    folded = _GROUPED.sub(lambda match: match[1] + match[2].replace(" ", ""), folded)
    literals = _LITERAL.findall(folded)
    if len(literals) > 1 or _UNCLEAR.search(folded):
        return MISSED
    if literals:
        rest = words(_LITERAL.sub(" ", folded))
        return Reading(value=_plain(literals[0])) if _is_neutral(rest, lexicon, units) else MISSED
    return _written(_split_units(words(folded), units), lexicon, units)


def _split_units(tokens: Sequence[str], units: frozenset[str]) -> list[str]:
    """Return the words with units separated from their numbers ("12ans")."""
    parts: list[str] = []
    for token in tokens:
        glued = _GLUED.fullmatch(token)
        parts += glued.groups() if glued and glued[2] in units else [token]
    return parts


def _written(tokens: Sequence[str], lexicon: Lexicon, units: frozenset[str]) -> Reading:
    digits = [word for word in tokens if word.isdecimal()]
    if len(digits) == 1 and _is_neutral([word for word in tokens if not word.isdecimal()], lexicon, units):
        return Reading(value=digits[0])
    values, rest = _number_words(tokens, lexicon)
    total = _sum(values)
    if digits or total is None or not _is_neutral(rest, lexicon, units):
        return MISSED
    return Reading(value=str(total))


def _number_words(tokens: Sequence[str], lexicon: Lexicon) -> tuple[list[int], list[str]]:
    """Return the values of the number words, and the other words."""
    values, others, left = [], [], list(tokens)
    while left:
        pair, word = " ".join(left[:2]), left[0]
        # two words may be one number ("اثنا عشر")
        if len(left) > 1 and pair in lexicon.numbers:
            values.append(lexicon.numbers[pair])
            del left[:2]
            continue
        value = lexicon.numbers.get(word, lexicon.numbers.get(word.removeprefix("و")))
        if value is not None:
            values.append(value)
        elif word:
            others.append(word)
        del left[0]
    return values, others


def _is_neutral(rest: Sequence[str], lexicon: Lexicon, units: frozenset[str]) -> bool:
    """Return whether these words change nothing next to a number: they are units, fillers or "and"."""
    phrase = " ".join(rest)
    known = units | lexicon.fillers | lexicon.ands
    return phrase in known or all(word in known for word in rest)


def _sum(values: Sequence[int]) -> int | None:
    """Return the number that number words make together ("quatre-vingt-dix", "خمسة وعشرون")."""
    total, part = 0, 0
    for value in values:
        if value == 1000:
            total, part = total + max(part, 1) * 1000, 0
        elif value == 100 and 0 < part < 10:
            part *= 100
        elif value == 20 and part == 4:
            part = 80
        elif _follows(part, value):
            part += value
        else:
            return None
    return total + part if values else None


def _follows(part: int, value: int) -> bool:
    """Return whether `value` may be added to `part`, the part of the number read so far."""
    if part == 0 or (part % 100 == 0 and value < 100):
        return True
    tens = part % 100
    if tens == 10:
        return 7 <= value <= 9  # "dix-sept"
    if tens >= 20 and tens % 10 == 0:
        return value < 10 or (tens in (60, 80) and value < 20)
    # in Arabic, tens may follow a number below ten
    return 0 < tens < 10 and value in range(20, 100, 10)


def _plain(literal: str) -> str:
    """Return a number written in digits, with a decimal point and without a plus sign."""
    return literal.replace(",", ".").replace("٫", ".").replace("−", "-").removeprefix("+")
