"""The dialogue's access to ballots: whose ballot it is, what it contains, and how it changes."""

from __future__ import annotations

from collections.abc import Sequence

from api.consultations import participation, voter_numbers
from api.consultations import service as consultations
from api.consultations.ballots import agent_typed, casting, partial_answers, used_addresses
from api.consultations.content import POINTS, TEXT, QuestionContent
from api.consultations.models import Consultation
from api.consultations.receipts.description import chosen
from api.consultations.vault_keys.secrecy import secret_of
from api.dialogue import agent_session
from api.dialogue.question_kinds.points import points_left
from api.dialogue.turn import Turn
from api.dialogue.voting import vote_session
from api.errors import AddressUsed, NotOpen
from api.security.crypto import voter_token

ROOM = 160  # maximum number of characters for the option names of one answer that is repeated to the voter
_EACH = 40  # the same for each answer, if several are repeated


def token(turn: Turn, consultation: Consultation) -> bytes:
    """Return the voter token of the resident, or of the person whom an agent helps.

    From here on, the replies of this turn are also encrypted under the consultation's key, because they may describe a
    ballot. Raises NotOpen if the vote is over or its secret is gone. Raises KeyLost if the vault has no key for it, and
    Unavailable if the vault cannot be read now.
    """
    if not consultations.takes_answers(consultation, turn.now):
        raise NotOpen
    secret = secret_of(turn.session, consultation)
    return agent_session.token(turn, consultation) or voter_token(secret, turn.resident.id)


async def answers(turn: Turn, consultation: Consultation) -> dict[int, tuple[str, ...]]:
    """Return the answers on the ballot, keyed by the id of the question.

    They are read once per turn. Incomplete answers are read at the same time.
    """
    number = consultation.id
    if number not in turn.ballots:
        ballot = partial_answers.BallotAnswers({}, {})
        if not turn.starts_blank:
            ballot = await partial_answers.ballot_answers(
                turn.session, consultation_id=number, token=token(turn, consultation)
            )
        turn.ballots[number], turn.partial_ballots[number] = ballot
    return turn.ballots[number]


async def counted_answer(turn: Turn, consultation: Consultation, question: QuestionContent) -> tuple[str, ...]:
    """Return the answer to this question that counts now. An incomplete answer does not count."""
    return (await answers(turn, consultation)).get(question.id, ())


async def current_choices(turn: Turn, consultation: Consultation, question: QuestionContent) -> tuple[str, ...]:
    """Return what is chosen for a question so far: the incomplete answer, or else the answer that counts."""
    stored = await counted_answer(turn, consultation, question)
    return turn.partial_ballots.get(consultation.id, {}).get(question.id, stored)


def require_person(turn: Turn) -> None:
    """Raise NotOpen if an agent answers while no person is being helped."""
    session = turn.conversation.assisting
    if session is not None and session.person is None:
        raise NotOpen


async def require_unspent(turn: Turn, consultation: Consultation) -> None:
    """Raise AddressUsed if one of the resident's addresses voted before it became theirs.

    If the resident already has a ballot, it stays valid. If an agent answers for someone, the agent's addresses do not
    matter.
    """
    if turn.conversation.assisting is not None or turn.ballots.get(consultation.id):
        return
    if await used_addresses.is_barred(turn.session, consultation_id=consultation.id, resident_id=turn.resident.id):
        own_token = token(turn, consultation)
        if await casting.receipt_of(turn.session, consultation_id=consultation.id, token=own_token) is None:
            raise AddressUsed


async def cast(
    turn: Turn, consultation: Consultation, question: QuestionContent, values: Sequence[str], *, complete: bool = False
) -> str:
    """Put an answer on the ballot, and return the receipt. With `complete`, the ballot is finished.

    Raises Invalid, NotOpen or AddressUsed.
    """
    assisted = turn.conversation.assisting
    require_person(turn)
    if turn.has_earlier_vote:
        await require_unspent(turn, consultation)
    own_token, typist = token(turn, consultation), agent_session.typist(turn)
    voter = casting.Voter(
        token=own_token,
        channel=turn.incoming.channel,
        language=turn.voice.language,
        province=assisted.province if assisted else turn.resident.province,
        assisted=assisted is not None,
        numbered=await _numbered(turn, consultation),
        agent=None if typist is None else agent_typed.seal_typist(turn.session, consultation, typist),
    )
    if vote_session.is_again(turn) and await counted_answer(turn, consultation, question) != tuple(values):
        vote_session.note_change(turn)
    answers_read = turn.ballots.get(consultation.id)
    receipt = await casting.cast(
        turn.session,
        consultation_id=consultation.id,
        voter=voter,
        question=question,
        values=values,
        complete=complete,
        fresh=answers_read is not None and question.id not in answers_read,
        now=turn.now,
    )
    _remember(turn, consultation, question, values)
    turn.receipt = receipt if complete else turn.receipt
    return receipt


def _remember(turn: Turn, consultation: Consultation, question: QuestionContent, values: Sequence[str]) -> None:
    """Update the answers that were read in this turn, after one of them changed."""
    turn.starts_blank = False
    answers_read = turn.ballots.get(consultation.id)
    if question.one_by_one:
        # a stance: forget them, so that they are read again
        turn.ballots.pop(consultation.id, None)
        turn.partial_ballots.pop(consultation.id, None)
    elif answers_read is not None:
        turn.ballots[consultation.id] = {**{each: answers_read[each] for each in answers_read if each != question.id}}
        if values:
            turn.ballots[consultation.id][question.id] = tuple(values)


async def finish(turn: Turn, consultation: Consultation, receipt: str | None = None, *, skipped: bool = False) -> None:
    """End a vote: thank the voter, say what counts, and give the receipt of the ballot, if there is one.

    With `skipped`, the last question was skipped.
    """
    summary, receipt = await _summary(turn, consultation), receipt or turn.receipt
    if receipt is None and await answers(turn, consultation):  # an empty ballot gets no receipt
        receipt = await casting.mark_complete(
            turn.session, consultation_id=consultation.id, token=token(turn, consultation)
        )
    if turn.conversation.assisting is not None:
        _finish_person(turn, receipt, wrote=await _ends_with_text(turn, consultation))
        turn.lines += summary
        return
    changed, waiting = vote_session.has_changed(turn), 0
    if not vote_session.is_again(turn):  # otherwise it was recorded the first time
        # Without any answer, the resident has not voted.
        note = participation.finish if receipt is not None else participation.waiting
        waiting = await note(turn.session, consultation_id=consultation.id, resident_id=turn.resident.id, now=turn.now)
    turn.conversation.consultation_id, turn.conversation.position = None, 0
    vote_session.end(turn, consultation, skipped=skipped, empty=receipt is None)
    if receipt is None:
        turn.say("done.empty")
    elif changed:
        turn.say("done.changed", receipt=receipt)
    else:
        turn.say("done", receipt=receipt)
    turn.lines += summary
    if (
        receipt is not None
        and consultation.numbers == voter_numbers.REQUIRED
        and not await _numbered(turn, consultation)
    ):
        turn.say("number.needed")
    if waiting:
        turn.say("done.waiting")
    turn.another_waits = bool(waiting) or receipt is None


async def _numbered(turn: Turn, consultation: Consultation) -> bool:
    return await voter_numbers.is_numbered(turn.session, consultation, resident_id=turn.resident.id)


async def _summary(turn: Turn, consultation: Consultation) -> list[str]:
    """Return lines that name the options chosen on the ballot, and the points left."""
    ballot = await answers(turn, consultation)
    answered = [question for question in turn.questions if ballot.get(question.id) and question.kind != TEXT]
    if not answered:
        return []
    room = ROOM if len(answered) == 1 else _EACH
    phrases = [chosen(question, ballot[question.id], turn.voice, room=room) for question in answered]
    remaining = [points_left(question, ballot[question.id]) for question in answered if question.kind == POINTS]
    lines = [turn.voice("echo", said=turn.voice.clauses(phrases))]
    return [*lines, *(turn.voice("points.left", left=points) for points in remaining if points)]


async def _ends_with_text(turn: Turn, consultation: Consultation) -> bool:
    """Return whether the vote ends with a free text, so that more of it may be on its way."""
    last = turn.questions[-1]
    return last.kind == TEXT and bool(await counted_answer(turn, consultation, last))


def _finish_person(turn: Turn, receipt: str | None, *, wrote: bool) -> None:
    """End the vote of the person helped by an agent."""
    agent_session.finish_person(turn, more_text=wrote)
    if receipt is None:
        turn.say("assist.empty")
    else:
        turn.say("assist.done", receipt=receipt)
