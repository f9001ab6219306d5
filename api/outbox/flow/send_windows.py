"""Gates: whether a campaign's deliveries may flow now. Campaigns open and shut them; a claim only reads them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from api.db import insert
from api.outbox.models import Gate
from api.runtime.wakeups import OUTBOX, SCHEDULE, wake

URGENT, USUAL = 0, 1


async def put(
    session: AsyncSession, campaign_id: int, *, opens_at: datetime | None, closes_at: datetime | None, rank: int = USUAL
) -> None:
    """Let the campaign flow from one moment to another; not at all where `opens_at` is None.

    What stands already is left as it is, and wakes nobody: the clock says the same again and again.
    """
    made = insert(session)(Gate).values(campaign_id=campaign_id, opens_at=opens_at, closes_at=closes_at, rank=rank)
    news = {name: made.excluded[name] for name in ("opens_at", "closes_at", "rank")}
    other = or_(*(getattr(Gate, name).is_distinct_from(value) for name, value in news.items()))
    changed = made.on_conflict_do_update(index_elements=("campaign_id",), set_=news, where=other)
    if await session.scalar(changed.returning(Gate.campaign_id)) is not None:
        wake(session, OUTBOX)
        wake(session, SCHEDULE)


async def shut(session: AsyncSession, campaign_id: int) -> None:
    """Let nothing of a campaign flow."""
    await session.execute(update(Gate).where(Gate.campaign_id == campaign_id).values(opens_at=None))
    wake(session, SCHEDULE)


async def drop(session: AsyncSession, campaign_id: int) -> None:
    """Nothing will flow any more: no claim need look there."""
    await session.execute(delete(Gate).where(Gate.campaign_id == campaign_id))


def present(campaign_id: Any) -> ColumnElement[bool]:
    """The condition that a campaign is not over: its gate is there, open or shut."""
    return exists(select(Gate.campaign_id).where(Gate.campaign_id == campaign_id))


async def open_now(session: AsyncSession, *, now: datetime) -> Sequence[int]:
    """The campaigns that may flow now, urgent ones first, then the older ones."""
    flows = (Gate.opens_at <= now, or_(Gate.closes_at.is_(None), Gate.closes_at > now))
    return (await session.scalars(select(Gate.campaign_id).where(*flows).order_by(Gate.rank, Gate.campaign_id))).all()
