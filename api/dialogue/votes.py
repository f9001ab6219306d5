"""The dialogue's way to the ballot box: whose ballot it is, what it holds, what is put on it."""

from __future__ import annotations

from collections.abc import Sequence

from api.consultations import ballots, participation
from api.consultations import service as consultations
from api.consultations.content import QuestionContent
from api.consultations.models import Consultation
from api.crypto import voter_token
from api.dialogue import assisting
from api.dialogue.turn import Turn
from api.errors import NotOpen


def token(turn: Turn, consultation: Consultation) -> bytes:
    """This resident's voter token. Raises NotOpen where there is none any more, or the time is over."""
    if consultation.secret is None or not consultations.takes_answers(consultation, turn.now):
        raise NotOpen
    return assisting.token(turn) or voter_token(consultation.secret, turn.resident.id)


async def recall(turn: Turn, consultation: Consultation, question: QuestionContent) -> tuple[str, ...]:
    """What they answered to a question so far."""
    if turn.blank:
        return ()
    return await ballots.values(
        turn.session, consultation_id=consultation.id, token=token(turn, consultation), question_id=question.id
    )


async def cast(
    turn: Turn,
    consultation: Consultation,
    question: QuestionContent,
    values: Sequence[str],
    *,
    complete: bool = False,
    partial: bool = False,
) -> str:
    """Put an answer on their ballot; returns its receipt. Raises Invalid or NotOpen."""
    assisted = turn.conversation.assisting
    voter = ballots.Voter(
        token=token(turn, consultation),
        channel=turn.incoming.channel,
        language=turn.voice.language,
        province=assisted["province"] if assisted else turn.resident.province,
        assisted=assisted is not None,
    )
    return await ballots.cast(
        turn.session,
        consultation_id=consultation.id,
        voter=voter,
        question=question,
        values=values,
        complete=complete,
        partial=partial,
        now=turn.now,
    )


async def finish(turn: Turn, consultation: Consultation, receipt: str | None = None) -> None:
    """They came to the end: thank them, and give the receipt of their ballot if there is one."""
    if receipt is None:
        receipt = await ballots.complete(turn.session, consultation_id=consultation.id, token=token(turn, consultation))
    if turn.conversation.assisting is not None:
        _hand_over(turn, receipt)
        return
    await participation.progress(
        turn.session, consultation_id=consultation.id, resident_id=turn.resident.id, state=participation.FINISHED
    )
    turn.conversation.consultation_id, turn.conversation.position = None, 0
    if receipt is None:
        turn.say("done.empty")
    else:
        turn.say("done", receipt=receipt)


def _hand_over(turn: Turn, receipt: str | None) -> None:
    """The person an agent answered for came to the end: nothing of it is noted of the agent."""
    assisting.rest(turn)
    if receipt is None:
        turn.say("assist.empty")
    else:
        turn.say("assist.done", receipt=receipt)
