"""Check which values a question accepts: pure functions, shared by every channel."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite

from api.consultations.content import NUMBER, POINTS, SCALE, STATEMENTS, TEXT, YES_NO, QuestionContent
from api.consultations.option_values import STANCES, option_of, points, value_for
from api.errors import Invalid
from api.text import bidi

MANY, FEW, TWICE, POINTS_OVER = "many", "few", "twice", "points"  # rules that an answer with several values can break
ONE = "one"  # the rule that is broken if several options are named and the question accepts one
LONGEST = 2000  # maximum characters of a free text, unless the question sets fewer; more than the longest SMS
WIDEST = 10  # maximum number of values on a scale


class RuleBroken(Invalid):
    """An answer breaks a rule of its question, although the question accepts each value alone.

    The answer has too many or too few values, two values for one option, or too many points in total.
    """

    def __init__(self, rule: str, *, actual: int, limit: int) -> None:
        """Store the broken rule (one of the constants above), the actual number, and the limit that it breaks."""
        super().__init__(f"{rule}: {actual} given, the limit is {limit}")
        self.rule, self.actual, self.limit = rule, actual, limit


def scale(question: QuestionContent) -> tuple[str, ...]:
    """Return the values of a scale question, lowest first."""
    return tuple(str(value) for value in range(int(question.rules["low"]), int(question.rules["high"]) + 1))


def check(question: QuestionContent, values: Sequence[str]) -> tuple[str, ...]:
    """Return the values in the form in which a ballot stores them.

    Raises Invalid if the question does not accept a value. Raises RuleBroken if it accepts each value, but not all of
    them together.
    """
    if question.kind in (TEXT, NUMBER):
        if len(values) != 1:
            raise Invalid("expected exactly one value")
        return ((_text if question.kind == TEXT else _number)(question, values[0]),)
    if question.kind == POINTS:
        values = _shared(question, values)
    elif any(value not in allowed(question) for value in values):
        raise Invalid("the value is not one of the options")
    _rules(question, values)
    return tuple(values)


def _rules(question: QuestionContent, values: Sequence[str]) -> None:
    """Raise RuleBroken for too many values, too few values, two values for one option, or too many points."""
    options, count = {option_of(value) for value in values}, len(values)
    least = question.least if not question.one_by_one else 0
    if len(options) != count:
        raise RuleBroken(TWICE, actual=count, limit=len(options))
    if count > question.most:
        raise RuleBroken(MANY, actual=count, limit=question.most)
    if count < least:
        raise RuleBroken(FEW, actual=count, limit=least)
    if question.kind == POINTS and sum(map(points, values)) > question.total:
        raise RuleBroken(POINTS_OVER, actual=sum(map(points, values)), limit=question.total)


def allowed(question: QuestionContent) -> tuple[str, ...]:
    """Return the values that a question offers; an empty tuple if it asks for a text or a number."""
    if question.kind == YES_NO:
        return ("yes", "no")
    if question.kind == SCALE:
        return scale(question)
    values = tuple(option.value for option in question.options)
    if question.kind == STATEMENTS:
        return tuple(value_for(value, stance) for value in values for stance in STANCES)
    return values


def _shared(question: QuestionContent, values: Sequence[str]) -> tuple[str, ...]:
    known = {option.value for option in question.options}
    if any(option_of(value) not in known or points(value) < 1 for value in values):
        raise Invalid("each value must give at least one point to one of the options")
    return tuple(value_for(option_of(value), points(value)) for value in values)


def _text(question: QuestionContent, value: str) -> str:
    # PostgreSQL cannot store NUL; neither database can store a lone surrogate.
    text = bidi.strip(value).replace("\x00", "").encode("utf-8", "ignore").decode().strip()
    if not any(letter.isprintable() and not letter.isspace() for letter in text):
        raise Invalid("the text is empty")
    if len(text) > longest(question):
        raise Invalid("the text is too long")
    return text


def longest(question: QuestionContent) -> int:
    """Return the maximum number of characters in a free text."""
    return int(question.rules.get("longest", LONGEST))


def _number(question: QuestionContent, value: str) -> str:
    try:
        number = float(value)
    except ValueError:
        raise Invalid("the value is not a number") from None
    if not isfinite(number):  # a forged button may send "nan" or "inf"
        raise Invalid("the value is not a number")
    low, high = question.rules.get("low"), question.rules.get("high")
    if (low is not None and number < low) or (high is not None and number > high):
        raise Invalid("the number is out of range")
    if not question.rules.get("decimals") and number != int(number):
        raise Invalid("the value is not a whole number")
    return str(int(number)) if number == int(number) else repr(number)
