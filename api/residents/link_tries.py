"""Count how many linking codes were tried within an hour, by each address and by all addresses together.

A linking code proves that two addresses belong to the same person.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import case, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.db import insert
from api.residents.models import LinkTry

WINDOW = timedelta(hours=1)
ALL = b""  # stands for all origins together


async def count(session: AsyncSession, origin: bytes, now: datetime) -> int:
    """Count one more linking code tried by an address; return its tries within the hour."""
    # `origin` is the keyed hash of the address
    row = insert(session)(LinkTry).values(origin=origin, since=now, count=1)
    over = LinkTry.since <= now - WINDOW
    counted = row.on_conflict_do_update(
        index_elements=("origin",),
        set_={
            "count": case((over, 1), else_=LinkTry.count + 1),
            "since": case((over, row.excluded.since), else_=LinkTry.since),
        },
    )
    tries: int = (await session.scalars(counted.returning(LinkTry.count))).one()
    return tries


async def wrong_tries(session: AsyncSession, now: datetime) -> int:
    """Return how many wrong codes were tried within the hour by all addresses together."""
    total = select(LinkTry.count).where(LinkTry.origin == ALL, LinkTry.since > now - WINDOW)
    return await session.scalar(total) or 0
