"""Incomplete answers of several choices.

An incomplete answer counts once it is complete. Until then, the earlier complete answer counts.
"""

from __future__ import annotations

from api.consultations.answer_rules import FEW, RuleBroken, check
from api.consultations.ballots import casting
from api.consultations.ballots import partial_answers as store
from api.consultations.content import QuestionContent
from api.consultations.models import Consultation
from api.consultations.receipts.description import chosen as named
from api.consultations.service import takes_answers
from api.dialogue.question_kinds.kind import Values
from api.dialogue.turn import Turn
from api.dialogue.voting import ballot_box, vote_session


async def gather(
    turn: Turn, consultation: Consultation, question: QuestionContent, values: Values, *, complete: bool = False
) -> str | None:
    """If the choices made so far are a complete answer, put them on the ballot, and return the receipt.

    Otherwise store them as an incomplete answer and return None. An earlier complete answer then stays on the ballot.
    Raises NotOpen if the vote is over, Invalid if a value is not offered, and RuleBroken for any rule except "too few
    choices".
    """
    try:
        check(question, values)
    except RuleBroken as broken:
        if broken.rule != FEW:
            raise
        await _keep(turn, consultation, question, values)
        return None
    receipt = await ballot_box.cast(turn, consultation, question, values, complete=complete)
    await _drop(turn, consultation, question)
    return receipt


async def _keep(turn: Turn, consultation: Consultation, question: QuestionContent, values: Values) -> None:
    ballot_box.require_person(turn)
    token = ballot_box.token(turn, consultation)
    counts = await ballot_box.counted_answer(turn, consultation, question)
    if counts and vote_session.is_fresh(turn, question):  # still the first visit: the answer is withdrawn
        await casting.withdraw(turn.session, consultation_id=consultation.id, token=token, question_id=question.id)
        del turn.ballots[consultation.id][question.id]
    if not (values or await ballot_box.counted_answer(turn, consultation, question)):
        await _drop(turn, consultation, question)
        return
    await store.keep(turn.session, token=token, question_id=question.id, values=values, now=turn.now)
    turn.partial_ballots[consultation.id][question.id] = values


async def _drop(turn: Turn, consultation: Consultation, question: QuestionContent) -> bool:
    half = turn.partial_ballots.get(consultation.id, {}).pop(question.id, None)
    if half is None:
        return False
    await store.drop(turn.session, ballot_box.token(turn, consultation), question_id=question.id)
    return True


async def give_up(turn: Turn, consultation: Consultation, question: QuestionContent, *, quiet: bool = False) -> None:
    """If there is an incomplete answer, drop it, and say which answer counts instead.

    With `quiet`, another line says that already.
    """
    counts = await ballot_box.counted_answer(turn, consultation, question)
    if await _drop(turn, consultation, question) and counts and not quiet:
        turn.lines.append(still_counts(turn, question, counts))


async def give_up_all(turn: Turn, consultation: Consultation) -> None:
    """When a finished vote is reviewed, drop its incomplete answers, so that only answers that count are shown."""
    await ballot_box.answers(turn, consultation)
    if turn.partial_ballots[consultation.id]:
        await store.drop(turn.session, ballot_box.token(turn, consultation))
        turn.partial_ballots[consultation.id] = {}


async def put_off(turn: Turn, consultation: Consultation) -> None:
    """Leave the current vote for another vote.

    If a complete answer to the current question counts, drop the incomplete one and say so. Otherwise keep the
    incomplete answer.
    """
    conversation = turn.conversation
    if conversation.assisting is not None or turn.consultation is None or turn.consultation.id == consultation.id:
        return
    left = turn.questions[conversation.position] if 0 <= conversation.position < len(turn.questions) else None
    if left is None or conversation.consultation_id != turn.consultation.id or not left.several or left.one_by_one:
        return
    if takes_answers(turn.consultation, turn.now) and await ballot_box.counted_answer(turn, turn.consultation, left):
        await give_up(turn, turn.consultation, left)


def still_counts(turn: Turn, question: QuestionContent, counts: Values) -> str:
    """Return a line that says which earlier answer still counts."""
    return turn.voice("half.stays", said=named(question, counts, turn.voice, room=ballot_box.ROOM))
