"""How far each resident came in a consultation, never what they answered."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ScalarSelect, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.consultations.ballots import used_addresses
from api.consultations.models import Consultation, Participation
from api.consultations.service import is_open
from api.db import insert

ASKED, BEGUN, FINISHED = "asked", "begun", "finished"
_REMEMBERED = timedelta(days=30)  # after a closing, people may still write as if it went on
_BEFORE = {BEGUN: (ASKED,), FINISHED: (ASKED, BEGUN)}


async def progress(session: AsyncSession, *, consultation_id: int, resident_id: int, state: str) -> None:
    """Note that a resident began or finished, never what they answered."""
    made = insert(session)(Participation).values(consultation_id=consultation_id, resident_id=resident_id, state=state)
    await session.execute(
        made.on_conflict_do_update(
            index_elements=("consultation_id", "resident_id"),
            set_={"state": made.excluded.state},
            where=Participation.state.in_(_BEFORE[state]),
        )
    )


async def finish(session: AsyncSession, *, consultation_id: int, resident_id: int, now: datetime) -> int:
    """Note that a resident came to the end; returns how many other consultations still wait for them.

    One statement does both: the turn that ends a vote has no room for more.
    """
    made = insert(session)(Participation).values(
        consultation_id=consultation_id, resident_id=resident_id, state=FINISHED
    )
    noted = made.on_conflict_do_update(
        index_elements=("consultation_id", "resident_id"), set_={"state": made.excluded.state}
    )
    waiting: int = (
        await session.scalars(noted.returning(_waiting(consultation_id, resident_id=resident_id, now=now)))
    ).one()
    return waiting


async def waiting(session: AsyncSession, *, consultation_id: int, resident_id: int, now: datetime) -> int:
    """How many other consultations still wait for somebody who came to the end of this one without any answer."""
    found = select(_waiting(consultation_id, resident_id=resident_id, now=now))
    return await session.scalar(found) or 0


async def last_is_over(session: AsyncSession, *, resident_id: int, now: datetime) -> bool:
    """Whether the newest consultation that a resident came to the end of closed, no longer ago than a month."""
    newest = (
        select(is_open(now), Consultation.closed_at)
        .join(Participation, Participation.consultation_id == Consultation.id)
        .where(Participation.resident_id == resident_id, Participation.state == FINISHED)
        .order_by(Consultation.opened_at.desc(), Consultation.id.desc())
        .limit(1)
    )
    row = (await session.execute(newest)).first()
    return row is not None and not row[0] and (row[1] is None or now - row[1] <= _REMEMBERED)


def _waiting(consultation_id: int, *, resident_id: int, now: datetime) -> ScalarSelect[int]:
    """How many consultations but this one are open to a resident who has not finished them."""
    # Each column has a name of its own: what is returned is written without the names of tables on SQLite.
    mine = (
        select(Participation.consultation_id.label("at"), Participation.state.label("reached"))
        .where(Participation.resident_id == resident_id)
        .subquery("mine")
    )
    return (
        select(func.count(Consultation.id))
        .select_from(Consultation)
        .outerjoin(mine, mine.c.at == Consultation.id)
        .where(
            is_open(now),
            Consultation.id != consultation_id,
            func.coalesce(mine.c.reached, "") != FINISHED,
            or_(mine.c.reached == BEGUN, ~used_addresses.barring(resident_id)),
            or_(Consultation.invited_only.is_(False), mine.c.reached.is_not(None)),
        )
        .scalar_subquery()
    )
