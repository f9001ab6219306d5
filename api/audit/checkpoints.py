"""Sign the latest row of the record every hour, if there are new rows and all rows are intact."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.audit import chain, service, statement
from api.audit.models import Checkpoint, RecordHead
from api.audit.statement import CheckpointOut
from api.db import Database, insert
from api.pagination import Key, Order, PageRequest, PageRows
from api.security.crypto import Keyring

log = structlog.get_logger(__name__)

EVERY = timedelta(hours=1)
NAMELESS = "sawt"  # the origin of a service without SAWT_PUBLIC_URL
_LONGEST = 200  # characters of an origin
_ORDER = Order("checkpoints", Key(Checkpoint.seq, down=True))


async def take(db: Database, *, keyring: Keyring, origin: str, now: datetime) -> bool:
    """Check the whole record. If it is intact, sign its latest row when a signature is due, and return True.

    If a row is damaged, store its number for the overview, and return False.
    """
    try:
        end = await service.verify_all(db)
    except service.Broken as broken:
        log.error("record.broken", seq=broken.seq)
        async with db.transaction() as session:
            await service.mark(session, broken.seq, now=now)
        return False
    async with db.transaction() as session:
        await service.mark(session, None, now=now)
        if await _due(session, now):
            await _sign(session, end, keyring=keyring, origin=origin[:_LONGEST] or NAMELESS, now=now)
    return True


async def _sign(session: AsyncSession, end: service.Position, *, keyring: Keyring, origin: str, now: datetime) -> None:
    private = keyring.signing_key(statement.PURPOSE)
    signed = statement.sign(private, origin=origin, seq=end.seq, head=end.hash, at=now)
    values = {"seq": end.seq, "head": end.hash, "at": now, "origin": origin}
    row = insert(session)(Checkpoint).values(**values, key=signed.key, signature=signed.signature)
    await session.execute(row.on_conflict_do_nothing(index_elements=("seq",)))  # another process was first


async def _due(session: AsyncSession, now: datetime) -> bool:
    """Return whether a new signature is due. Another process may have signed in the meantime."""
    latest = await session.scalar(select(func.max(Checkpoint.at)))
    return await session.scalar(select(_anything_new())) is True and (latest is None or latest <= now - EVERY)


def due() -> Select[Any]:
    """Return a query for the time of the last signature. If no act was recorded since, it selects NULL."""
    return select(func.max(Checkpoint.at)).where(_anything_new())


def never_signed() -> ColumnElement[bool]:
    """Return an SQL condition that is true if acts were recorded but no checkpoint exists yet."""
    return _anything_new() & ~select(Checkpoint.seq).exists()


def _anything_new() -> ColumnElement[bool]:
    newest = func.coalesce(select(func.max(Checkpoint.seq)).scalar_subquery(), 0)
    return select(RecordHead.id).where(RecordHead.seq > newest).exists()


async def latest(session: AsyncSession, count: int) -> Sequence[CheckpointOut]:
    """Return the `count` newest checkpoints, the newest first."""
    rows = await session.scalars(select(Checkpoint).order_by(Checkpoint.seq.desc()).limit(count))
    return [shown(row) for row in rows]


async def listed(session: AsyncSession, page: PageRequest) -> PageRows[Checkpoint]:
    """List checkpoints, the newest first."""
    return await _ORDER.read(session, select(Checkpoint), page)


def shown(row: Checkpoint) -> CheckpointOut:
    """Return a checkpoint as the document that can be published."""
    return CheckpointOut(
        origin=row.origin,
        seq=row.seq,
        head=row.head,
        time=chain.instant(row.at),
        key=statement.pem(row.key),
        signature=row.signature,
    )
