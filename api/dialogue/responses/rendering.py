"""How a question reads: its text and the choices below it. Pure functions of question and voice."""

from __future__ import annotations

from collections.abc import Sequence

from api.channel import Choice
from api.consultations.content import NUMBER, POINTS, RANKING, SCALE, SEVERAL, TEXT, QuestionContent
from api.consultations.option_values import option_of
from api.dialogue.question_kinds import KINDS
from api.dialogue.question_kinds.kind import key
from api.dialogue.question_kinds.statements import only
from api.i18n import Voice

_EXPLAINED = (SEVERAL, RANKING, POINTS, SCALE, NUMBER, TEXT)  # others need no hint


def question_text(voice: Voice, questions: Sequence[QuestionContent], question: QuestionContent, whom: str = "") -> str:
    """A question with its position ("2/4"), and a hint what to answer unless that is obvious.

    `whom` is put before it, to say whom an agent answers for. A question outside `questions`, or alone, has no
    position.
    """
    place = f"{questions.index(question) + 1}/{len(questions)} " if question in questions and len(questions) > 1 else ""
    lines = [" ".join(filter(None, (whom, f"{place}{voice.pick(question.text)}")))]
    if has_hint(question):
        lines.append(KINDS[question.kind].expects(question, voice))
    return "\n".join(lines)


def has_hint(question: QuestionContent) -> bool:
    """Whether the text of the question includes a hint what to answer."""
    return question.kind in _EXPLAINED


def question_choices(
    voice: Voice, question: QuestionContent, chosen: Sequence[str], *, back: bool
) -> tuple[Choice, ...]:
    """The choices, and the ways out: longer texts, the previous question, skipping this one."""
    skip = Choice(key(question, "skip"), voice("word.skip"), action=True)
    ways_out = (Choice(key(question, "back"), voice("word.back"), action=True), skip) if back else (skip,)
    offered = KINDS[question.kind].choices(question, voice, chosen)
    if question.detailed:
        word = voice("word.detail")
        first = f"{word} {offered[0].sign or 1}"  # how to ask for a text in words
        ways_out = (Choice(f"card:{question.id}", word, action=True, typed=first), *ways_out)
    return (*offered, *ways_out)


def statement_choices(voice: Voice, question: QuestionContent, value: str, chosen: Sequence[str]) -> tuple[Choice, ...]:
    """The choices for one statement, named by `value`, and the ways out."""
    statement = only(question, value)
    ways = [Choice(key(question, "back"), voice("word.back"), action=True)]
    if statement.detailed:
        ways.append(Choice(f"card:{question.id}:{option_of(value)}", voice("word.detail"), action=True))
    ways.append(Choice(key(question, "done"), voice("word.done"), action=True))
    return (*KINDS[question.kind].choices(statement, voice, chosen), *ways)
