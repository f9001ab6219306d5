"""Send windows: for each campaign, the time in which its deliveries may be sent.

Campaign code sets them. The code that claims deliveries only reads them, and closes a window if the campaign's money is
spent.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from api.db import insert
from api.outbox.models import SendWindow
from api.runtime.wakeups import OUTBOX, SCHEDULE, wake

URGENT, USUAL = 0, 1


async def set_window(
    session: AsyncSession, campaign_id: int, *, opens_at: datetime | None, closes_at: datetime | None, rank: int = USUAL
) -> None:
    """Set a campaign's send window. While `opens_at` is None, no message of the campaign is sent.

    If the window is unchanged, nothing is written and no process is woken.
    """
    statement = insert(session)(SendWindow).values(
        campaign_id=campaign_id, opens_at=opens_at, closes_at=closes_at, rank=rank
    )
    values = {name: statement.excluded[name] for name in ("opens_at", "closes_at", "rank")}
    changed = or_(*(getattr(SendWindow, name).is_distinct_from(value) for name, value in values.items()))
    upsert = statement.on_conflict_do_update(index_elements=("campaign_id",), set_=values, where=changed)
    if await session.scalar(upsert.returning(SendWindow.campaign_id)) is not None:
        wake(session, OUTBOX)
        wake(session, SCHEDULE)


async def close(session: AsyncSession, campaign_id: int) -> None:
    """Close a campaign's send window, so that nothing more of the campaign is sent."""
    await session.execute(update(SendWindow).where(SendWindow.campaign_id == campaign_id).values(opens_at=None))
    wake(session, SCHEDULE)


async def delete_window(session: AsyncSession, campaign_id: int) -> None:
    """Delete the send window of a campaign that has ended."""
    await session.execute(delete(SendWindow).where(SendWindow.campaign_id == campaign_id))


def has_window(campaign_id: Any) -> ColumnElement[bool]:
    """Return the SQL condition that a campaign has not ended. Until then it has a window, which may be closed."""
    return exists(select(SendWindow.campaign_id).where(SendWindow.campaign_id == campaign_id))


async def open_now(session: AsyncSession, *, now: datetime) -> Sequence[int]:
    """Return the ids of the campaigns whose window is open. Urgent campaigns come first, then older ones."""
    is_open = (SendWindow.opens_at <= now, or_(SendWindow.closes_at.is_(None), SendWindow.closes_at > now))
    return (
        await session.scalars(
            select(SendWindow.campaign_id).where(*is_open).order_by(SendWindow.rank, SendWindow.campaign_id)
        )
    ).all()
