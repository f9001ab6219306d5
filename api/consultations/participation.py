"""Record how far each resident came in a consultation, never what they answered."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ScalarSelect, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.consultations.ballots import used_addresses
from api.consultations.models import Consultation, Participation, ParticipationState
from api.consultations.service import is_open
from api.db import insert

_REMEMBERED = timedelta(days=30)  # for so long after closing, people may still write as if it were open
_BEFORE = {
    ParticipationState.BEGUN: (ParticipationState.ASKED,),
    ParticipationState.FINISHED: (ParticipationState.ASKED, ParticipationState.BEGUN),
}


async def record_progress(
    session: AsyncSession, *, consultation_id: int, resident_id: int, state: ParticipationState
) -> None:
    """Record that a resident began or finished a consultation. The recorded state never moves backward."""
    row = insert(session)(Participation).values(consultation_id=consultation_id, resident_id=resident_id, state=state)
    await session.execute(
        row.on_conflict_do_update(
            index_elements=("consultation_id", "resident_id"),
            set_={"state": row.excluded.state},
            where=Participation.state.in_(_BEFORE[state]),
        )
    )


async def finish(session: AsyncSession, *, consultation_id: int, resident_id: int, now: datetime) -> int:
    """Record that a resident finished; return how many other open consultations they have not finished.

    One SQL statement does both, to save a statement in the reply that ends a vote.
    """
    row = insert(session)(Participation).values(
        consultation_id=consultation_id, resident_id=resident_id, state=ParticipationState.FINISHED
    )
    upsert = row.on_conflict_do_update(
        index_elements=("consultation_id", "resident_id"), set_={"state": row.excluded.state}
    )
    waiting: int = (
        await session.scalars(upsert.returning(_waiting(consultation_id, resident_id=resident_id, now=now)))
    ).one()
    return waiting


async def waiting(session: AsyncSession, *, consultation_id: int, resident_id: int, now: datetime) -> int:
    """Return how many other open consultations a resident has not finished. Nothing is recorded.

    If a resident came to the end of a consultation without answering any question, use this.
    """
    query = select(_waiting(consultation_id, resident_id=resident_id, now=now))
    return await session.scalar(query) or 0


async def last_one_closed(session: AsyncSession, *, resident_id: int, now: datetime) -> bool:
    """Whether the newest consultation that a resident finished has closed within the last 30 days."""
    newest = (
        select(is_open(now), Consultation.closed_at)
        .join(Participation, Participation.consultation_id == Consultation.id)
        .where(Participation.resident_id == resident_id, Participation.state == ParticipationState.FINISHED)
        .order_by(Consultation.opened_at.desc(), Consultation.id.desc())
        .limit(1)
    )
    row = (await session.execute(newest)).first()
    return row is not None and not row[0] and (row[1] is None or now - row[1] <= _REMEMBERED)


def _waiting(consultation_id: int, *, resident_id: int, now: datetime) -> ScalarSelect[int]:
    """Return the SQL count of the other consultations that this resident still can answer."""
    # Column names must be unique: SQLite's RETURNING omits table names.
    reached = (
        select(Participation.consultation_id.label("at"), Participation.state.label("reached"))
        .where(Participation.resident_id == resident_id)
        .subquery("progress")
    )
    return (
        select(func.count(Consultation.id))
        .select_from(Consultation)
        .outerjoin(reached, reached.c.at == Consultation.id)
        .where(
            is_open(now),
            Consultation.id != consultation_id,
            func.coalesce(reached.c.reached, "") != ParticipationState.FINISHED,
            or_(reached.c.reached == ParticipationState.BEGUN, ~used_addresses.bars_resident(resident_id)),
            or_(Consultation.invited_only.is_(False), reached.c.reached.is_not(None)),
        )
        .scalar_subquery()
    )
