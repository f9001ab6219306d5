"""Whether the rows of a closed consultation still fit the hash that was published; if not, they are shown to nobody."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Select, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from api.consultations import service
from api.consultations.models import Consultation, Publication
from api.consultations.receipts import receipt_list
from api.db import Database
from api.errors import Altered

log = structlog.get_logger(__name__)

EVERY = timedelta(days=1)  # that the clock hashes a list again; whoever asks for it has it hashed at once


async def verify(session: AsyncSession, consultation: Consultation) -> None:
    """Hash the rows of a closed consultation. Raises Altered where they do not fit, or the hash was taken away.

    Fifty thousand ballots take a second or two, and no memory.
    """
    found = await session.get(Publication, consultation.id, populate_existing=True)
    if found is None or await receipt_list.hashed(session, consultation) != found.digest:
        raise Altered(consultation.code)


async def check_due(session: AsyncSession, *, now: datetime) -> bool:
    """Hash the list again that was not for longest, if that is a day ago; says whether it is altered."""
    since = func.coalesce(Publication.checked_at, Publication.published_at)
    due = select(Publication).where(since <= now - EVERY).order_by(since, Publication.consultation_id).limit(1)
    found = await session.scalar(due.with_for_update(skip_locked=True))
    if found is None:
        return False
    consultation = (await session.scalars(select(Consultation).where(Consultation.id == found.consultation_id))).one()
    found.checked_at = now
    if await receipt_list.hashed(session, consultation) == found.digest:
        found.altered_at = None
        return False
    await note(session, consultation.code, now=now)
    return True


def due() -> Select[Any]:
    """When the list was hashed, or published, that was not hashed for longest."""
    return select(func.min(func.coalesce(Publication.checked_at, Publication.published_at)))


async def note(session: AsyncSession, code: str, *, now: datetime) -> None:
    """Keep that the rows of a consultation do not fit, and say so in the log."""
    log.error("list.altered", consultation=code)
    found = await service.get(session, code)
    known = (Publication.consultation_id == found.id, Publication.altered_at.is_(None))
    await session.execute(update(Publication).where(*known).values(altered_at=now))


async def altered(session: AsyncSession) -> Sequence[tuple[Consultation, datetime]]:
    """The consultations whose rows are known not to fit, and since when, the newest first."""
    rows = await session.execute(
        select(Consultation, Publication.altered_at)
        .join(Publication, Publication.consultation_id == Consultation.id)
        .where(Publication.altered_at.is_not(None))
        .order_by(Publication.altered_at.desc(), Consultation.id)
    )
    return [(consultation, since) for consultation, since in rows if since is not None]


@asynccontextmanager
async def noting(db: Database, now: datetime) -> AsyncIterator[None]:
    """Whatever raises Altered within is kept, in a transaction of its own: its own is undone."""
    try:
        yield
    except Altered as found:
        async with db.transaction() as session:
            await note(session, found.code, now=now)
        raise
