"""Take snapshots of open consultations: counts that change only at full hours and in steps, so none reveals one vote.

Somebody may read the counts before and after a person votes, and must not learn that vote. So between any two snapshots
of a question, at least `smallest_count` ballots were cast or changed. The exact counts after closing must differ from
each snapshot by that many, too. So the latest `smallest_count` ballots are held back. No ballot remembers its earlier
values. How many ballots were cast or changed is therefore worked out from the numbers of the two snapshots alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Select, delete, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.clock import MOROCCO
from api.consultations import content
from api.consultations.content import QuestionContent
from api.consultations.counts.models import Counts, QuestionReading, Reading
from api.consultations.models import Answer, Ballot, Consultation, ConsultationState, Question
from api.consultations.voter_numbers import counts_in

_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One snapshot of a question: how many ballots answer it, and (number of ballots, sum of ranks) for each value."""

    answered: int
    counts: Mapping[str, Sequence[int]]


class OpenCounts(NamedTuple):
    """The counts of an open consultation that may be shown.

    They are the number of participants, and the newest snapshot of each question, keyed by the question's id.
    """

    participation: Reading | None
    questions: Mapping[int, QuestionReading]


NOTHING = Snapshot(0, {})


def full_hour(now: datetime) -> datetime:
    """Return the last full hour on the clock in Morocco."""
    return now.astimezone(MOROCCO).replace(minute=0, second=0, microsecond=0)


def next_hour(read_at: datetime) -> datetime:
    """Return when the next snapshot is due after a snapshot at `read_at`."""
    return full_hour(read_at) + _HOUR


def in_steps(count: int, step: int) -> int:
    """Return a number of ballots, rounded down to a multiple of the step."""
    return count // step * step


def counts_in_steps(state: str, smallest_count: int) -> bool:
    """Whether a consultation's counts may only be shown from its snapshots, not as they are now."""
    return state == ConsultationState.OPEN and smallest_count > 1


def differing(before: Snapshot, after: Snapshot, *, most: int) -> int:
    """Return the minimum number of ballots that were cast, changed or deleted between two snapshots.

    `most` is the maximum number of values on one ballot. One ballot can change the number of answers, and the count of
    each value, by at most one. It can add up to `most` values and remove up to `most` values. It can change a sum of
    ranks by at most `most`.
    """
    values = {*before.counts, *after.counts}
    moved = [_part(after, value, 0) - _part(before, value, 0) for value in values]
    ranks = [abs(_part(after, value, 1) - _part(before, value, 1)) for value in values]
    up, down = sum(each for each in moved if each > 0), -sum(each for each in moved if each < 0)
    fewest = max(-(-each // most) for each in (up, down, *ranks))
    return max(abs(after.answered - before.answered), fewest, *map(abs, moved), 0)


def _part(snapshot: Snapshot, value: str, place: int) -> int:
    return snapshot.counts.get(value, (0, 0))[place]


async def take(session: AsyncSession, *, now: datetime) -> int:
    """Take a snapshot of every open consultation that is due for one; return the number of these consultations.

    A consultation is due if its counts move in steps and it has no snapshot since the last full hour. It is locked
    meanwhile, because a closed consultation must get no snapshot.
    """
    hour = full_hour(now)
    due = await session.scalars(
        select(Consultation)
        .outerjoin(Reading, Reading.consultation_id == Consultation.id)
        .where(_counted_in_steps(), or_(Reading.read_at.is_(None), Reading.read_at < hour))
        .with_for_update(read=True, of=Consultation, skip_locked=True)
    )
    consultations = due.all()
    for consultation in consultations:
        reading = await session.get(Reading, consultation.id)
        taking_part = in_steps(await _ballots(session, consultation.id), consultation.smallest_count)
        if reading is None:
            session.add(Reading(consultation_id=consultation.id, read_at=hour, ballots=taking_part))
        else:
            reading.read_at, reading.ballots = hour, taking_part
        for question in await content.read(session, consultation_id=consultation.id):
            await _renew(session, consultation.id, question, step=consultation.smallest_count, hour=hour)
    await session.flush()
    return len(consultations)


def due() -> Select[Any]:
    """Return an SQL query for the time of the oldest of all last snapshots.

    Only open consultations whose counts move in steps are considered. If one has no snapshot yet, the time of its
    creation is used.
    """
    read_at = func.coalesce(Reading.read_at, Consultation.created_at)
    return (
        select(func.min(read_at))
        .select_from(Consultation)
        .outerjoin(Reading, Reading.consultation_id == Consultation.id)
        .where(_counted_in_steps())
    )


async def newest(session: AsyncSession, consultation_id: int) -> OpenCounts:
    """Return the number of people who took part in an open consultation, and the newest snapshot of each question."""
    ids = (
        select(func.max(QuestionReading.id))
        .join(Question, Question.id == QuestionReading.question_id)
        .where(Question.consultation_id == consultation_id)
        .group_by(QuestionReading.question_id)
    )
    rows = await session.scalars(select(QuestionReading).where(QuestionReading.id.in_(ids)))
    return OpenCounts(await session.get(Reading, consultation_id), {row.question_id: row for row in rows})


async def forget(session: AsyncSession, consultation_id: int) -> None:
    """Delete the snapshots of a consultation that closes, because they reveal when ballots were cast."""
    questions = select(Question.id).where(Question.consultation_id == consultation_id)
    await session.execute(delete(QuestionReading).where(QuestionReading.question_id.in_(questions)))
    await session.execute(delete(Reading).where(Reading.consultation_id == consultation_id))


def _counted_in_steps() -> Any:
    return (Consultation.state == ConsultationState.OPEN) & (Consultation.smallest_count > 1)


async def _ballots(session: AsyncSession, consultation_id: int) -> int:
    query = select(func.count()).select_from(Ballot).where(counts_in(consultation_id))
    return await session.scalar(query) or 0


async def _renew(
    session: AsyncSession, consultation_id: int, question: QuestionContent, *, step: int, hour: datetime
) -> None:
    """Store the current counts of a question, if they differ enough from each earlier snapshot."""
    current = await _count(session, consultation_id, question, held_back=step)
    most = max(question.most, len(question.options), 1)
    rows = await session.scalars(select(QuestionReading).where(QuestionReading.question_id == question.id))
    # they must also differ enough from no ballots at all
    before = [NOTHING, *(Snapshot(each.answered, each.counts) for each in rows)]
    if current.answered >= step and all(differing(each, current, most=most) >= step for each in before):
        counts = {value: list(both) for value, both in current.counts.items()}
        session.add(QuestionReading(question_id=question.id, read_at=hour, answered=current.answered, counts=counts))


async def _count(session: AsyncSession, consultation_id: int, question: QuestionContent, *, held_back: int) -> Snapshot:
    """Count the answers to a question on all ballots except the latest `held_back` of them."""
    answering = (
        select(Ballot.id)
        .where(counts_in(consultation_id))
        .where(Ballot.id.in_(select(Answer.ballot_id).where(Answer.question_id == question.id)))
        .order_by(Ballot.changed_at.desc().nulls_last(), Ballot.id)
        .offset(held_back)
        .subquery()
    )
    answered = await session.scalar(select(func.count()).select_from(answering)) or 0
    if question.kind == content.TEXT or not answered:
        return Snapshot(answered, {})
    rows = await session.execute(
        select(Answer.value, func.count(), func.sum(Answer.rank + 1))
        .where(Answer.question_id == question.id, Answer.ballot_id.in_(select(answering.c.id)))
        .group_by(Answer.value)
    )
    counts: Counts = {value: [count, int(ranks)] for value, count, ranks in rows}
    return Snapshot(answered, counts)
