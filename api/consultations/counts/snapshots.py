"""Readings of open consultations: counts that move at full hours only, and in steps, so that none tells one vote.

Who reads counts before and after somebody votes, or changes their vote, must not see which way. So between two readings
of a question, of any age, at least `smallest_count` ballots were cast or changed; and the latest so many are held back,
so that the exact counts after closing differ from each reading by as many. What is said here of two readings is proven
from their numbers alone: no ballot remembers what it held before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, delete, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.clock import MOROCCO
from api.consultations import content
from api.consultations.content import QuestionContent
from api.consultations.counts.models import Counts, QuestionReading, Reading
from api.consultations.models import Answer, Ballot, Consultation, Question
from api.consultations.service import OPEN
from api.consultations.voter_numbers import counts_in

_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Read:
    """One reading of a question: how many ballots answer it, and (count, sum of ranks) by value."""

    answered: int
    counts: Mapping[str, Sequence[int]]


NOTHING = Read(0, {})


def full_hour(now: datetime) -> datetime:
    """The last full hour that clocks in Morocco showed."""
    return now.astimezone(MOROCCO).replace(minute=0, second=0, microsecond=0)


def next_hour(read: datetime) -> datetime:
    """When a consultation that was read then is read again."""
    return full_hour(read) + _HOUR


def in_steps(count: int, step: int) -> int:
    """A number of ballots in whole steps, never too high."""
    return count // step * step


def counts_in_steps(state: str, smallest_count: int) -> bool:
    """Whether a consultation's counts may be read from its readings only."""
    return state == OPEN and smallest_count > 1


def differing(before: Read, after: Read, *, most: int) -> int:
    """How many ballots were cast, changed or taken away between two readings, at least.

    `most` is how many values one ballot may hold. One ballot changes the number of those who answered by one at most,
    the count of a value by one, all counts together by `most` up and `most` down, and a sum of ranks by `most`.
    """
    values = {*before.counts, *after.counts}
    moved = [_part(after, value, 0) - _part(before, value, 0) for value in values]
    ranks = [abs(_part(after, value, 1) - _part(before, value, 1)) for value in values]
    up, down = sum(each for each in moved if each > 0), -sum(each for each in moved if each < 0)
    fewest = max(-(-each // most) for each in (up, down, *ranks))
    return max(abs(after.answered - before.answered), fewest, *map(abs, moved), 0)


def _part(read: Read, value: str, place: int) -> int:
    return read.counts.get(value, (0, 0))[place]


async def take(session: AsyncSession, *, now: datetime) -> int:
    """Read every open consultation whose counts move in steps and that was not read since the full hour.

    Returns how many were read. Each is held meanwhile: one that closes has no readings afterwards.
    """
    hour = full_hour(now)
    due = await session.scalars(
        select(Consultation)
        .outerjoin(Reading, Reading.consultation_id == Consultation.id)
        .where(_steps(), or_(Reading.read_at.is_(None), Reading.read_at < hour))
        .with_for_update(read=True, of=Consultation, skip_locked=True)
    )
    found = due.all()
    for consultation in found:
        reading = await session.get(Reading, consultation.id)
        taking_part = in_steps(await _ballots(session, consultation.id), consultation.smallest_count)
        if reading is None:
            session.add(Reading(consultation_id=consultation.id, read_at=hour, ballots=taking_part))
        else:
            reading.read_at, reading.ballots = hour, taking_part
        for question in await content.read(session, consultation_id=consultation.id):
            await _renew(session, consultation.id, question, step=consultation.smallest_count, hour=hour)
    await session.flush()
    return len(found)


def due() -> Select[Any]:
    """When the consultation was read that has not been read for longest; one that never was counts from its opening."""
    read = func.coalesce(Reading.read_at, Consultation.created_at)
    return (
        select(func.min(read))
        .select_from(Consultation)
        .outerjoin(Reading, Reading.consultation_id == Consultation.id)
        .where(_steps())
    )


async def shown(session: AsyncSession, consultation_id: int) -> tuple[Reading | None, dict[int, QuestionReading]]:
    """What may be seen of an open consultation: the participation, and the newest reading of each question."""
    newest = (
        select(func.max(QuestionReading.id))
        .join(Question, Question.id == QuestionReading.question_id)
        .where(Question.consultation_id == consultation_id)
        .group_by(QuestionReading.question_id)
    )
    rows = await session.scalars(select(QuestionReading).where(QuestionReading.id.in_(newest)))
    return await session.get(Reading, consultation_id), {each.question_id: each for each in rows}


async def forget(session: AsyncSession, consultation_id: int) -> None:
    """Delete the readings of a consultation that closes: they say what was cast when."""
    asked = select(Question.id).where(Question.consultation_id == consultation_id)
    await session.execute(delete(QuestionReading).where(QuestionReading.question_id.in_(asked)))
    await session.execute(delete(Reading).where(Reading.consultation_id == consultation_id))


def _steps() -> Any:
    return (Consultation.state == OPEN) & (Consultation.smallest_count > 1)


async def _ballots(session: AsyncSession, consultation_id: int) -> int:
    cast = select(func.count()).select_from(Ballot).where(counts_in(consultation_id))
    return await session.scalar(cast) or 0


async def _renew(
    session: AsyncSession, consultation_id: int, question: QuestionContent, *, step: int, hour: datetime
) -> None:
    """Keep what is counted now, if enough ballots differ from each reading there was, and from none at all."""
    found, most = (
        await _count(session, consultation_id, question, held_back=step),
        max(question.most, len(question.options), 1),
    )
    rows = await session.scalars(select(QuestionReading).where(QuestionReading.question_id == question.id))
    before = [NOTHING, *(Read(each.answered, each.counts) for each in rows)]
    if found.answered >= step and all(differing(each, found, most=most) >= step for each in before):
        counts = {value: list(both) for value, both in found.counts.items()}
        session.add(QuestionReading(question_id=question.id, read_at=hour, answered=found.answered, counts=counts))


async def _count(session: AsyncSession, consultation_id: int, question: QuestionContent, *, held_back: int) -> Read:
    """A question's counts without the ballots that were cast or changed last. Own words are only counted."""
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
        return Read(answered, {})
    rows = await session.execute(
        select(Answer.value, func.count(), func.sum(Answer.rank + 1))
        .where(Answer.question_id == question.id, Answer.ballot_id.in_(select(answering.c.id)))
        .group_by(Answer.value)
    )
    counts: Counts = {value: [count, int(ranks)] for value, count, ranks in rows}
    return Read(answered, counts)
