"""Builds the text of a question and the choices below it. Pure functions."""

from __future__ import annotations

from collections.abc import Sequence

from api.channel import Choice
from api.consultations.content import NUMBER, POINTS, RANKING, SCALE, SEVERAL, TEXT, QuestionContent
from api.consultations.option_values import option_of
from api.dialogue.question_kinds import KINDS
from api.dialogue.question_kinds.kind import key
from api.dialogue.question_kinds.statements import only
from api.i18n import Voice

_EXPLAINED = (SEVERAL, RANKING, POINTS, SCALE, NUMBER, TEXT)  # the other kinds need no hint


def question_text(voice: Voice, questions: Sequence[QuestionContent], question: QuestionContent, whom: str = "") -> str:
    """Return a question with its position ("2/4"), and with a hint how to answer unless that is obvious.

    `whom` comes first and says for whom an agent answers. If there is no other question, the position is left out.
    """
    place = f"{questions.index(question) + 1}/{len(questions)} " if question in questions and len(questions) > 1 else ""
    lines = [" ".join(filter(None, (whom, f"{place}{voice.pick(question.text)}")))]
    if has_hint(question):
        lines.append(KINDS[question.kind].expects(question, voice))
    return "\n".join(lines)


def has_hint(question: QuestionContent) -> bool:
    """Return whether the text of this question includes a hint how to answer."""
    return question.kind in _EXPLAINED


def question_choices(
    voice: Voice, question: QuestionContent, chosen: Sequence[str], *, back: bool
) -> tuple[Choice, ...]:
    """Return the choices of a question, and below them the actions.

    The actions are: read the longer texts, go back to the previous question, skip this question.
    """
    skip = Choice(key(question, "skip"), voice("word.skip"), action=True)
    ways_out = (Choice(key(question, "back"), voice("word.back"), action=True), skip) if back else (skip,)
    offered = KINDS[question.kind].choices(question, voice, chosen)
    if question.detailed:
        word = voice("word.detail")
        first = f"{word} {offered[0].sign or 1}"  # how to ask for a text in words
        ways_out = (Choice(f"card:{question.id}", word, action=True, typed=first), *ways_out)
    return (*offered, *ways_out)


def statement_choices(voice: Voice, question: QuestionContent, value: str, chosen: Sequence[str]) -> tuple[Choice, ...]:
    """Return the choices for the statement that `value` names, and below them the actions: back, detail, done."""
    statement = only(question, value)
    ways = [Choice(key(question, "back"), voice("word.back"), action=True)]
    if statement.detailed:
        ways.append(Choice(f"card:{question.id}:{option_of(value)}", voice("word.detail"), action=True))
    ways.append(Choice(key(question, "done"), voice("word.done"), action=True))
    return (*KINDS[question.kind].choices(statement, voice, chosen), *ways)
