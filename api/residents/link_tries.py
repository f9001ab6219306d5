"""How often codes that link addresses were tried within the hour, from one origin and from all together."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import case, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.db import insert
from api.residents.models import LinkTry

WINDOW = timedelta(hours=1)
ALL = b""  # the origin that stands for all


async def count(session: AsyncSession, origin: bytes, now: datetime) -> int:
    """Count one more try from there within the hour; returns how many that makes."""
    made = insert(session)(LinkTry).values(origin=origin, since=now, count=1)
    over = LinkTry.since <= now - WINDOW
    counted = made.on_conflict_do_update(
        index_elements=("origin",),
        set_={
            "count": case((over, 1), else_=LinkTry.count + 1),
            "since": case((over, made.excluded.since), else_=LinkTry.since),
        },
    )
    found: int = (await session.scalars(counted.returning(LinkTry.count))).one()
    return found


async def wrong(session: AsyncSession, now: datetime) -> int:
    """How many wrong codes all together tried within the hour."""
    found = select(LinkTry.count).where(LinkTry.origin == ALL, LinkTry.since > now - WINDOW)
    return await session.scalar(found) or 0
