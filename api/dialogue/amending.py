"""Answering a question that is not the one asked now: words that came late, point at it, or were written again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from api.channel import Choice
from api.consultations.content import RANKING, SEVERAL, TEXT, QuestionContent
from api.consultations.models import Consultation
from api.dialogue import provenance, taps, votes
from api.dialogue.kinds.kind import Values, key, value_of
from api.dialogue.offers import label_of, of_question
from api.dialogue.steps import question as asking
from api.dialogue.steps import statements
from api.dialogue.trail import Asked
from api.dialogue.turn import Turn
from api.dialogue.understand.read import read
from api.errors import Invalid
from api.shortening import excerpt

_SHOWN = 60  # characters of a text that is repeated: two SMS hold it in any script


@dataclass(frozen=True, slots=True)
class _Target:
    consultation: Consultation
    question: QuestionContent
    value: str  # of the statement, where the question has several
    place: int  # of the question among all of its consultation


async def amend(turn: Turn, asked: Asked, *, joins: bool = False, first: bool = False) -> bool:
    """Take the words of this turn as the answer to what was asked before, and say so; False if they are none.

    A free text, or further choices, `joins` what is there, before it if it was sent `first`. Raises NotOpen after the
    closing, and Invalid if the question does not take the answer.
    """
    target = await _target(turn, asked)
    values = _read(turn, target) if target is not None else ()
    if target is None or not values:
        return False
    question = target.question
    before = await votes.recall(turn, target.consultation, question)
    if joins and before and question.kind == TEXT:
        between = "" if provenance.is_cut(asked.letters) and not asked.gap else " "
        return await _join(turn, target, between.join((*values, *before) if first else (*before, *values)), values[0])
    if joins and question.kind in (SEVERAL, RANKING):
        more = tuple(value for value in values if value not in before)
        values = (*more, *before) if first else (*before, *more)
    elif first:  # a newer answer of theirs stands
        return True
    if set(values) <= set(before) if question.one_by_one else values == before:
        return True
    await votes.cast(turn, target.consultation, question, values)
    turn.say("point.changed", place=target.place, said=_said(turn, target, values))
    return True


def _read(turn: Turn, target: _Target) -> Values:
    """What the words say, against that question as it was shown; nothing if they are no answer to it."""
    expected = of_question(turn, target.question, _offered(turn, target))
    found = read(turn.incoming.text, expected, turn.tools.lexicon)
    outs = {offer.key for offer in expected.offers if offer.action}
    if not found.understood or found.intent or outs & set(found.keys):
        return ()
    return (found.value,) if found.value is not None else tuple(map(value_of, found.keys))


def _said(turn: Turn, target: _Target, values: Values) -> str:
    """The answer as its choices are named, or as it was written."""
    offered = _offered(turn, target)
    names = [label_of(turn, offered, key(target.question, value)) for value in values]
    return turn.voice.listed(filter(None, names)) or excerpt(values[0], _SHOWN)


def _offered(turn: Turn, target: _Target) -> list[list[Any]]:
    return [[each.key, each.label, each.action] for each in _choices(turn, target)]


async def _target(turn: Turn, asked: Asked) -> _Target | None:
    """The question, if it is of whoever answers now."""
    serial, number, value = asked.question
    if not number or serial != ((turn.conversation.assisting or {}).get("serial") or ""):
        return None
    if turn.conversation.assisting is not None and not serial:
        return None
    try:
        consultation, question = await taps.asked(turn, number)
    except Invalid:
        return None
    questions = await turn.tools.contents.get(
        turn.session, consultation_id=consultation.id, revision=consultation.revision
    )
    return _Target(consultation, question, value, questions.index(question) + 1)


def _choices(turn: Turn, target: _Target) -> tuple[Choice, ...]:
    if target.question.one_by_one:
        return statements.choices(turn, target.question, target.value, ())
    return asking.choices(turn, target.question, ())


async def _join(turn: Turn, target: _Target, whole: str, more: str) -> bool:
    try:
        await votes.cast(turn, target.consultation, target.question, (whole,))
    except Invalid:  # longer than an answer may be
        turn.say("text.full")
    else:
        turn.say("text.joined", said=excerpt(more, _SHOWN))
    return True
