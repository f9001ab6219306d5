"""Changes the answer to an earlier question, after a late message, a reply to that question, or an edited message."""

from __future__ import annotations

from dataclasses import dataclass

from api.channel import Kind
from api.consultations.answer_rules import RuleBroken
from api.consultations.content import RANKING, SEVERAL, TEXT, QuestionContent
from api.consultations.models import Consultation
from api.consultations.receipts.description import chosen
from api.conversations import trail
from api.conversations.agent_sessions import serial_of
from api.conversations.trail_prompt import Prompt
from api.dialogue.attribution import answer_parts
from api.dialogue.attribution.rereading import reread
from api.dialogue.question_kinds import KINDS
from api.dialogue.question_kinds.kind import Values
from api.dialogue.steps import gathering
from api.dialogue.turn import Turn
from api.dialogue.understand.sentences.greetings import is_courtesy
from api.dialogue.voting import ballot_box, buttons, partial_answers
from api.errors import Invalid
from api.text.shortening import excerpt

_SHOWN = 60  # characters of an answer that are quoted back: they fit two SMS in any script


@dataclass(frozen=True, slots=True)
class _Target:
    consultation: Consultation
    question: QuestionContent
    value: str  # the statement's value, if the question consists of statements
    place: int  # the question's number in its consultation, from 1


async def amend(turn: Turn, prompt: Prompt, *, joins: bool = False, first: bool = False) -> bool:
    """Use this message as the answer to an earlier prompt, and tell the resident. Return whether it was used.

    With `joins`, the message is added to the end of the earlier answer. With `first`, it is added to the beginning. If
    the new answer breaks a rule of the question, nothing changes and the resident is told the rule. Raises NotOpen
    after the closing.
    """
    target = await _target(turn, prompt)
    if target is None:
        return False
    try:
        values = reread(turn, target.question, target.value)
        polite = joins and target.question.kind == TEXT and is_courtesy(turn.incoming.text, turn.context.lexicon)
        if polite and await ballot_box.counted_answer(turn, target.consultation, target.question):
            return False
        if values:
            await _amend(turn, target, prompt, values, joins=joins, first=first)
    except RuleBroken as broken:
        _refuse(turn, target, gathering.rule_text(turn.voice, broken))
    except Invalid:
        _refuse(turn, target, KINDS[target.question.kind].expects(target.question, turn.voice))
    else:
        return bool(values)
    return True


def _refuse(turn: Turn, target: _Target, rule: str) -> None:
    turn.say("point.rule", place=target.place, rule=rule)


async def _amend(turn: Turn, target: _Target, prompt: Prompt, values: Values, *, joins: bool, first: bool) -> None:
    question = target.question
    before = await ballot_box.counted_answer(turn, target.consultation, question)
    if turn.incoming.kind is Kind.EDITED:
        edited = answer_parts.apply_edit(
            trail.read(turn.conversation), prompt, turn.incoming.message_id, question, before, values
        )
        if edited is None:
            turn.say("half.stays", said=_described(turn, question, before))
            return
        values = edited
    if joins and before and question.kind == TEXT:
        whole = answer_parts.separator(prompt).join((*values, *before) if first else (*before, *values))
        if not await _join(turn, target, whole, values[0]):
            trail.write(turn.conversation, answer_parts.mark_full(trail.read(turn.conversation), prompt))
            if first:
                turn.say("text.rest", said=_described(turn, question, before))
            else:
                turn.say("text.full")
        return
    if joins and question.kind in (SEVERAL, RANKING):
        join = KINDS[question.kind].joins
        values = join(question, values, before) if first else join(question, before, values)
    elif first:  # the resident's newer answer counts
        return
    if set(values) <= set(before) if question.one_by_one else values == before:
        return
    await ballot_box.cast(turn, target.consultation, question, values)
    await partial_answers.give_up(turn, target.consultation, question, quiet=True)
    turn.say("point.changed", place=target.place, said=_described(turn, question, values))


def _described(turn: Turn, question: QuestionContent, values: Values) -> str:
    """Return an answer as text: the options with their ranks or points, or the start of a written text."""
    if question.kind == TEXT:
        return excerpt(values[0], _SHOWN)
    return chosen(question, values, turn.voice, room=ballot_box.ROOM)


async def _target(turn: Turn, prompt: Prompt) -> _Target | None:
    """Return the question that this prompt asked, if it was one and still concerns the same person."""
    serial, number, value = prompt.question
    if not number or serial != serial_of(turn.conversation.assisting):
        return None
    # the agent's own questions are not answered while a session lasts
    if turn.conversation.assisting is not None and not serial:
        return None
    try:
        consultation, question = await buttons.find_question(turn, number)
    except Invalid:
        return None
    questions = await turn.context.contents.get(
        turn.session, consultation_id=consultation.id, revision=consultation.revision
    )
    return _Target(consultation, question, value, questions.index(question) + 1)


async def _join(turn: Turn, target: _Target, whole: str, more: str) -> bool:
    """Store `whole` as the answer and say that `more` was added. Return False if `whole` is too long."""
    try:
        await ballot_box.cast(turn, target.consultation, target.question, (whole,))
    except Invalid:
        return False
    turn.say("text.joined", said=excerpt(more, _SHOWN))
    return True
