"""Questions made of statements to agree or disagree with, shown one at a time: the choices below one statement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from api.channel import Choice
from api.consultations.content import OptionContent, QuestionContent
from api.consultations.option_values import AGREE, DISAGREE, PASS, option_of, value_for
from api.dialogue.question_kinds.kind import Kind, Values, key
from api.dialogue.understand.expected import Reads
from api.i18n import Voice


def only(question: QuestionContent, value: str) -> QuestionContent:
    """If the question consists of statements, return it with only the statement that this value is about.

    Other questions are returned unchanged.
    """
    if not question.one_by_one:
        return question
    return replace(question, options=tuple(each for each in question.options if each.value == option_of(value)))


def _stances(question: QuestionContent, voice: Voice, chosen: Sequence[str]) -> tuple[Choice, ...]:
    """Return the choices agree, disagree and pass, for the first statement of the question."""
    words = ((AGREE, voice("word.agree")), (DISAGREE, voice("word.disagree")), (PASS, voice("word.pass")))
    statement = next(iter(question.options), OptionContent("", {}))
    values = [(value_for(statement.value, stance), word) for stance, word in words if statement.value]
    return tuple(Choice(key(question, value), word, chosen=value in chosen) for value, word in values)


def _marked(_question: QuestionContent, _before: Values, value: str) -> Values:
    """Return only the new stance, which replaces the earlier stance on this statement."""
    return (value,)


def _expects(_question: QuestionContent, voice: Voice) -> str:
    return voice("expect.choice", last=3)


STATEMENTS = Kind(choices=_stances, expects=_expects, reads=Reads.ONE, gathers=True, adds=_marked)
