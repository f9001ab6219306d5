"""The dialogue's way to the ballot box: whose ballot it is, what it holds, what is put on it."""

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
from api.dialogue.question_kinds.points import left
from api.dialogue.turn import Turn
from api.dialogue.voting import vote_session
from api.errors import AddressUsed, NotOpen
from api.security.crypto import voter_token

ROOM = 160  # characters of the options' names of one answer that is repeated
_EACH = 40  # of each answer, where a ballot has several


def token(turn: Turn, consultation: Consultation) -> bytes:
    """This resident's voter token. Raises NotOpen if there is none any more or it is over; KeyLost, Unavailable.

    From then on, what this turn says is sealed under the consultation's key as well: it may name a ballot.
    """
    if not consultations.takes_answers(consultation, turn.now):
        raise NotOpen
    secret = secret_of(turn.session, consultation)
    return agent_session.token(turn, consultation) or voter_token(secret, turn.resident.id)


async def whole(turn: Turn, consultation: Consultation) -> dict[int, tuple[str, ...]]:
    """What their ballot holds, by question; read once a turn, with the half answers beside it."""
    number = consultation.id
    if number not in turn.held:
        found: tuple[partial_answers.Answers, partial_answers.Answers] = ({}, {})
        if not turn.blank:
            found = await partial_answers.held(turn.session, consultation_id=number, token=token(turn, consultation))
        turn.held[number], turn.halves[number] = found
    return turn.held[number]


async def counted(turn: Turn, consultation: Consultation, question: QuestionContent) -> tuple[str, ...]:
    """What counts as their answer to a question; nothing of an answer that is only half given."""
    return (await whole(turn, consultation)).get(question.id, ())


async def recall(turn: Turn, consultation: Consultation, question: QuestionContent) -> tuple[str, ...]:
    """What they chose at a question so far: half an answer, if they are giving one, or else what counts."""
    stored = await counted(turn, consultation, question)
    return turn.halves.get(consultation.id, {}).get(question.id, stored)


def attended(turn: Turn) -> None:
    """Raise NotOpen if an agent answers while nobody is at hand: such an answer is not the agent's own either."""
    if turn.conversation.assisting is not None and "token" not in turn.conversation.assisting:
        raise NotOpen


async def admit(turn: Turn, consultation: Consultation) -> None:
    """Raise AddressUsed if a former owner voted from an address of theirs; a ballot they have stays theirs.

    Who is typed for by an agent is asked nothing of the agent's own.
    """
    if turn.conversation.assisting is not None or turn.held.get(consultation.id):
        return
    if await used_addresses.bars(turn.session, consultation_id=consultation.id, resident_id=turn.resident.id):
        mine = token(turn, consultation)
        if await casting.receipt(turn.session, consultation_id=consultation.id, token=mine) is None:
            raise AddressUsed


async def cast(
    turn: Turn, consultation: Consultation, question: QuestionContent, values: Sequence[str], *, complete: bool = False
) -> str:
    """Put a whole answer on their ballot; returns its receipt. Raises Invalid, NotOpen or AddressUsed."""
    assisted = turn.conversation.assisting
    attended(turn)
    if turn.marked:
        await admit(turn, consultation)
    mine, typist = token(turn, consultation), agent_session.typist(turn)
    voter = casting.Voter(
        token=mine,
        channel=turn.incoming.channel,
        language=turn.voice.language,
        province=assisted["province"] if assisted else turn.resident.province,
        assisted=assisted is not None,
        numbered=await _numbered(turn, consultation),
        agent=None if typist is None else agent_typed.sealed(turn.session, consultation, typist),
    )
    if vote_session.is_again(turn) and await counted(turn, consultation, question) != tuple(values):
        vote_session.change(turn)
    held = turn.held.get(consultation.id)
    receipt = await casting.cast(
        turn.session,
        consultation_id=consultation.id,
        voter=voter,
        question=question,
        values=values,
        complete=complete,
        fresh=held is not None and question.id not in held,
        now=turn.now,
    )
    _remember(turn, consultation, question, values)
    turn.receipt = receipt if complete else turn.receipt
    return receipt


def _remember(turn: Turn, consultation: Consultation, question: QuestionContent, values: Sequence[str]) -> None:
    """Keep what was read in this turn in line with what was cast; a single stance is read again with the others."""
    turn.blank = False
    held = turn.held.get(consultation.id)
    if question.one_by_one:
        turn.held.pop(consultation.id, None)
        turn.halves.pop(consultation.id, None)
    elif held is not None:
        turn.held[consultation.id] = {**{each: held[each] for each in held if each != question.id}}
        if values:
            turn.held[consultation.id][question.id] = tuple(values)


async def finish(turn: Turn, consultation: Consultation, receipt: str | None = None, *, skipped: bool = False) -> None:
    """They came to the end: thank them, say what counts, and give the receipt of their ballot if there is one.

    `skipped` says that they left the last question out.
    """
    told, receipt = await _told(turn, consultation), receipt or turn.receipt
    if receipt is None and await whole(turn, consultation):  # a ballot that holds nothing is no answer
        receipt = await casting.complete(turn.session, consultation_id=consultation.id, token=token(turn, consultation))
    if turn.conversation.assisting is not None:
        _hand_over(turn, receipt, wrote=await _ends_with_text(turn, consultation))
        turn.lines += told
        return
    changed, waiting = vote_session.has_changed(turn), 0
    if not vote_session.is_again(turn):  # or it was noted before
        note = participation.finish if receipt is not None else participation.waiting  # who gave none has not voted
        waiting = await note(turn.session, consultation_id=consultation.id, resident_id=turn.resident.id, now=turn.now)
    turn.conversation.consultation_id, turn.conversation.position = None, 0
    vote_session.end(turn, consultation, skipped=skipped, empty=receipt is None)
    if receipt is None:
        turn.say("done.empty")
    elif changed:
        turn.say("done.changed", receipt=receipt)
    else:
        turn.say("done", receipt=receipt)
    turn.lines += told
    if (
        receipt is not None
        and consultation.numbers == voter_numbers.REQUIRED
        and not await _numbered(turn, consultation)
    ):
        turn.say("number.needed")
    if waiting:
        turn.say("done.waiting")
    turn.waits = bool(waiting) or receipt is None


async def _numbered(turn: Turn, consultation: Consultation) -> bool:
    return await voter_numbers.numbered(turn.session, consultation, resident_id=turn.resident.id)


async def _told(turn: Turn, consultation: Consultation) -> list[str]:
    """What their ballot holds, by the names of the options; texts of their own are not repeated."""
    held = await whole(turn, consultation)
    asked = [question for question in turn.questions if held.get(question.id) and question.kind != TEXT]
    if not asked:
        return []
    room = ROOM if len(asked) == 1 else _EACH
    said = [chosen(question, held[question.id], turn.voice, room=room) for question in asked]
    points_left = [left(question, held[question.id]) for question in asked if question.kind == POINTS]
    lines = [turn.voice("echo", said=turn.voice.clauses(said))]
    return [*lines, *(turn.voice("points.left", left=points) for points in points_left if points)]


async def _ends_with_text(turn: Turn, consultation: Consultation) -> bool:
    """Whether the last answer is in their own words: more of it may be on its way."""
    last = turn.questions[-1]
    return last.kind == TEXT and bool(await counted(turn, consultation, last))


def _hand_over(turn: Turn, receipt: str | None, *, wrote: bool) -> None:
    """The person an agent answered for came to the end: nothing of it is noted of the agent."""
    agent_session.rest(turn, parts=wrote)
    if receipt is None:
        turn.say("assist.empty")
    else:
        turn.say("assist.done", receipt=receipt)
