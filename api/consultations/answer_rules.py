"""Which values a question takes: pure rules, the same for every front door."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite

from api.consultations.content import NUMBER, POINTS, SCALE, STATEMENTS, TEXT, YES_NO, QuestionContent
from api.consultations.option_values import STANCES, mark, option_of, points
from api.errors import Invalid
from api.text import bidi

MANY, FEW, TWICE, POINTS_OVER = "many", "few", "twice", "points"  # the rules an answer of several values may break
ONE = "one"  # several were named where one is asked for
LONGEST = 2000  # characters of a free text, unless the question says less: more than the longest SMS
WIDEST = 10  # the most values a scale may have


class RuleBroken(Invalid):
    """An answer whose values are all on offer, but not so many of them, or not that many points."""

    def __init__(self, rule: str, *, given: int, limit: int) -> None:
        """`rule` is one of those above; `given` breaks the `limit` (the most, the fewest, the total)."""
        super().__init__(f"{rule}: {given} of {limit}")
        self.rule, self.given, self.limit = rule, given, limit


def scale(question: QuestionContent) -> tuple[str, ...]:
    """The values of a scale, lowest first."""
    return tuple(str(value) for value in range(int(question.rules["low"]), int(question.rules["high"]) + 1))


def check(question: QuestionContent, values: Sequence[str]) -> tuple[str, ...]:
    """The values as a ballot holds them.

    Raises Invalid if the question does not take them: RuleBroken if only their number or their sum is wrong.
    """
    if question.kind in (TEXT, NUMBER):
        if len(values) != 1:
            raise Invalid("a wrong number of values")
        return ((_text if question.kind == TEXT else _number)(question, values[0]),)
    if question.kind == POINTS:
        values = _shared(question, values)
    elif any(value not in allowed(question) for value in values):
        raise Invalid("a value that is not on offer")
    _rules(question, values)
    return tuple(values)


def _rules(question: QuestionContent, values: Sequence[str]) -> None:
    """Raise RuleBroken where these values on offer are too many, too few, or not each of another option."""
    options, given = {option_of(value) for value in values}, len(values)
    least = question.least if not question.one_by_one else 0
    if len(options) != given:
        raise RuleBroken(TWICE, given=given, limit=len(options))
    if given > question.most:
        raise RuleBroken(MANY, given=given, limit=question.most)
    if given < least:
        raise RuleBroken(FEW, given=given, limit=least)
    if question.kind == POINTS and sum(map(points, values)) > question.total:
        raise RuleBroken(POINTS_OVER, given=sum(map(points, values)), limit=question.total)


def allowed(question: QuestionContent) -> tuple[str, ...]:
    """The values a closed question offers; none for texts and numbers."""
    if question.kind == YES_NO:
        return ("yes", "no")
    if question.kind == SCALE:
        return scale(question)
    values = tuple(option.value for option in question.options)
    if question.kind == STATEMENTS:
        return tuple(mark(value, stance) for value in values for stance in STANCES)
    return values


def _shared(question: QuestionContent, values: Sequence[str]) -> tuple[str, ...]:
    known = {option.value for option in question.options}
    if any(option_of(value) not in known or points(value) < 1 for value in values):
        raise Invalid("points for nothing that is on offer")
    return tuple(mark(option_of(value), points(value)) for value in values)


def _text(question: QuestionContent, value: str) -> str:
    # NUL cannot be stored by PostgreSQL, a lone surrogate by neither database.
    text = bidi.strip(value).replace("\x00", "").encode("utf-8", "ignore").decode().strip()
    if not any(letter.isprintable() and not letter.isspace() for letter in text):
        raise Invalid("an empty text")
    if len(text) > longest(question):
        raise Invalid("a text too long")
    return text


def longest(question: QuestionContent) -> int:
    """The most characters a free text may have."""
    return int(question.rules.get("longest", LONGEST))


def _number(question: QuestionContent, value: str) -> str:
    try:
        number = float(value)
    except ValueError:
        raise Invalid("not a number") from None
    if not isfinite(number):  # a forged tap may say "nan" or "inf"
        raise Invalid("not a number")
    low, high = question.rules.get("low"), question.rules.get("high")
    if (low is not None and number < low) or (high is not None and number > high):
        raise Invalid("a number out of range")
    if not question.rules.get("decimals") and number != int(number):
        raise Invalid("not a whole number")
    return str(int(number)) if number == int(number) else repr(number)
