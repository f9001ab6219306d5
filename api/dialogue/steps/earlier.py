"""Handles a tap on a question that is no longer the current one.

The answer changes in the tapped message, and the current question stays.
"""

from __future__ import annotations

from api.channel import Choice, Reply
from api.consultations.answer_rules import FEW, RuleBroken
from api.consultations.ballots import casting
from api.consultations.content import QuestionContent
from api.consultations.models import Consultation
from api.consultations.option_values import mark_of
from api.consultations.receipts.description import chosen as chosen_names
from api.conversations.models import TAPPED
from api.dialogue.question_kinds import KINDS
from api.dialogue.question_kinds.kind import Values
from api.dialogue.question_kinds.statements import only
from api.dialogue.steps import gathering
from api.dialogue.steps.statements import LATER, MORE
from api.dialogue.turn import Outcome, Turn
from api.dialogue.voting import ballot_box, buttons, partial_answers


async def answer_earlier(turn: Turn, number: str, value: str) -> Outcome:
    """Change the answer to the question with the id `number`, and show the change on the tapped message.

    Raises NotOpen if the consultation no longer accepts answers, and Invalid if the question does not accept `value`.
    """
    consultation, question = await buttons.find_question(turn, number)
    gathers = _gathers(question)
    if value == "done" and gathers:
        return await _validate(turn, consultation, question)
    if value in buttons.WAYS_OUT:
        return Outcome.SETTLED
    if question.one_by_one and mark_of(value) in (MORE, LATER):
        return _go_on(turn, consultation) if mark_of(value) == MORE else Outcome.SETTLED
    before = await ballot_box.counted_answer(turn, consultation, question)
    turn.edits.append(await _changed(turn, consultation, question, value))
    if gathers and await ballot_box.counted_answer(turn, consultation, question) != before:
        turn.conversation.notes = {**turn.conversation.notes, TAPPED: question.id}
    return Outcome.SETTLED


async def _validate(turn: Turn, consultation: Consultation, question: QuestionContent) -> Outcome:
    """Handle "done" below an old question: say which answer counts now."""
    conversation, counts = turn.conversation, await ballot_box.counted_answer(turn, consultation, question)
    chosen = await ballot_box.current_choices(turn, consultation, question)
    if len(chosen) < question.least:
        turn.lines.append(gathering.rule_text(turn.voice, RuleBroken(FEW, actual=len(chosen), limit=question.least)))
        return Outcome.SETTLED
    await partial_answers.give_up(turn, consultation, question, quiet=True)
    changed = conversation.notes.get(TAPPED) == question.id
    conversation.notes = {name: note for name, note in conversation.notes.items() if name != TAPPED}
    summary = gathering.summary(turn, question, counts)
    # the same vote is in progress, so no new receipt is given yet
    if changed and conversation.consultation_id == consultation.id:
        place, names = (
            turn.questions.index(question) + 1,
            chosen_names(question, counts, turn.voice, room=ballot_box.ROOM),
        )
        turn.say("point.changed", place=place, said=names)
        return Outcome.SETTLED
    token = ballot_box.token(turn, consultation)
    receipt = await casting.receipt_of(turn.session, consultation_id=consultation.id, token=token) if changed else None
    if receipt is not None:
        turn.say("done.changed", receipt=receipt)
    turn.lines += summary
    return Outcome.SETTLED


def _go_on(turn: Turn, consultation: Consultation) -> Outcome:
    """Handle "more" after a pause between statements: continue the vote."""
    if turn.consultation is None:
        turn.conversation.payload = consultation.code  # as if a link had named it
    return Outcome.MOVED


async def _changed(turn: Turn, consultation: Consultation, question: QuestionContent, value: str) -> Reply:
    def offered(shown: QuestionContent, chosen: Values) -> tuple[Choice, ...]:
        return KINDS[shown.kind].choices(only(shown, value), turn.voice, chosen)

    if _gathers(question):
        return await gathering.tap(turn, consultation, question, value, offered)
    await ballot_box.cast(turn, consultation, question, (value,))
    return Reply(text="", choices=offered(question, (value,)), replaces=True)


def _gathers(question: QuestionContent) -> bool:
    """Return whether each tap on this question adds a choice to one answer, until the resident taps "done"."""
    return KINDS[question.kind].gathers and not question.one_by_one and not question.one_choice
