"""Verify that the rows of a closed consultation still match the published hash; otherwise they are not shown."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import structlog
from sqlalchemy import Select, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from api.consultations import service
from api.consultations.models import Consultation, Publication
from api.consultations.receipts import receipt_list
from api.db import Database
from api.errors import Altered

log = structlog.get_logger(__name__)

EVERY = timedelta(days=1)  # how often the scheduler verifies each list, besides the checks on request


class AlteredList(NamedTuple):
    """A consultation whose database rows do not match the published hash, and when this was found."""

    consultation: Consultation
    since: datetime


async def verify(session: AsyncSession, consultation: Consultation) -> None:
    """Hash the rows of a closed consultation and compare them with the published hash.

    Raises Altered if they do not match, or if the published hash is gone. Fifty thousand ballots take a second or two,
    and little memory.
    """
    publication = await session.get(Publication, consultation.id, populate_existing=True)
    if publication is None or await receipt_list.list_hash(session, consultation) != publication.digest:
        raise Altered(consultation.code)


async def check_due(session: AsyncSession, *, now: datetime) -> bool:
    """Verify the list that was checked longest ago, if its last check is at least a day old.

    Return whether the list is altered.
    """
    since = func.coalesce(Publication.checked_at, Publication.published_at)
    due = select(Publication).where(since <= now - EVERY).order_by(since, Publication.consultation_id).limit(1)
    publication = await session.scalar(due.with_for_update(skip_locked=True))
    if publication is None:
        return False
    consultation = (
        await session.scalars(select(Consultation).where(Consultation.id == publication.consultation_id))
    ).one()
    publication.checked_at = now
    if await receipt_list.list_hash(session, consultation) == publication.digest:
        publication.altered_at = None
        return False
    await record_altered(session, consultation.code, now=now)
    return True


def due() -> Select[Any]:
    """Return an SQL query for the time of the oldest of all last checks.

    If a list was never checked, the time of its publication is used.
    """
    return select(func.min(func.coalesce(Publication.checked_at, Publication.published_at)))


async def record_altered(session: AsyncSession, code: str, *, now: datetime) -> None:
    """Store and log that the rows of a consultation do not match the published hash."""
    log.error("list.altered", consultation=code)
    consultation = await service.get(session, code)
    unmarked = (Publication.consultation_id == consultation.id, Publication.altered_at.is_(None))
    await session.execute(update(Publication).where(*unmarked).values(altered_at=now))


async def altered(session: AsyncSession) -> Sequence[AlteredList]:
    """Return the consultations whose rows were found not to match the published hash, newest first."""
    rows = await session.execute(
        select(Consultation, Publication.altered_at)
        .join(Publication, Publication.consultation_id == Consultation.id)
        .where(Publication.altered_at.is_not(None))
        .order_by(Publication.altered_at.desc(), Consultation.id)
    )
    return [AlteredList(consultation, since) for consultation, since in rows if since is not None]


@asynccontextmanager
async def recording_altered(db: Database, now: datetime) -> AsyncIterator[None]:
    """Record any Altered error raised in this `with` block, and raise it again.

    A separate transaction records it, because the caller's transaction is rolled back.
    """
    try:
        yield
    except Altered as error:
        async with db.transaction() as session:
            await record_altered(session, error.code, now=now)
        raise
