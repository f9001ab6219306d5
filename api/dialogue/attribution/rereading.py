"""Reads a message as the answer to a question that is not the current one."""

from __future__ import annotations

from dataclasses import replace

from api.channel import Choice
from api.consultations.answer_rules import ONE, TWICE, RuleBroken
from api.consultations.content import NUMBER, SCALE, SINGLE, TEXT, QuestionContent
from api.conversations.offered_choices import offered_from
from api.dialogue.expectations import of_question
from api.dialogue.question_kinds import KINDS
from api.dialogue.question_kinds.kind import Values, value_of
from api.dialogue.steps import question as asking
from api.dialogue.steps import statements
from api.dialogue.turn import Turn
from api.dialogue.understand.read import read
from api.dialogue.understand.values.numbers import count_numbers
from api.errors import Invalid


def reread(turn: Turn, question: QuestionContent, value: str) -> Values:
    """Return the answer that this message gives to a question. For statements, `value` says which statement is meant.

    If the message is not an answer, the result is empty. Raises RuleBroken if the message names one choice twice, or
    two choices where one is allowed. Raises Invalid for a number that the question does not accept.
    """
    lexicon = turn.context.lexicon
    expected = of_question(turn, question, offered_from(_choices(turn, question, value)))
    reading = read(turn.incoming.text, expected, lexicon)
    if reading.twice:
        raise RuleBroken(TWICE, actual=2, limit=1)
    numbers = 0 if reading.understood or question.kind == TEXT else count_numbers(turn.incoming.text, lexicon)
    if numbers > 1 and question.kind == SINGLE:
        raise RuleBroken(ONE, actual=numbers, limit=1)
    if numbers:
        raise Invalid("the number is not one of the choices")
    if not reading.understood and question.kind in (SCALE, NUMBER):
        unbounded = read(turn.incoming.text, replace(expected, low=0, high=0, decimals=True), lexicon)
        if unbounded.value is not None:
            raise Invalid("the number is out of range")
    ways_out = {offer.key for offer in expected.offers if offer.action}
    if not reading.understood or reading.intent or ways_out & set(reading.keys):
        return ()
    values = (reading.value,) if reading.value is not None else tuple(map(value_of, reading.keys))
    return KINDS[question.kind].joins(question, (), values)


def _choices(turn: Turn, question: QuestionContent, value: str) -> tuple[Choice, ...]:
    if question.one_by_one:
        return statements.choices(turn, question, value, ())
    return asking.choices(turn, question, ())
