"""Gates: whether a campaign's deliveries may flow now. Campaigns open and shut them; a claim only reads them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_
from sqlalchemy.ext.asyncio import AsyncSession

from api.db import insert
from api.outbox.models import Delivery, Gate


async def put(
    session: AsyncSession, campaign_id: int, *, opens_at: datetime | None, closes_at: datetime | None
) -> None:
    """Let the campaign flow from one moment to another; not at all where `opens_at` is None."""
    made = insert(session)(Gate).values(campaign_id=campaign_id, opens_at=opens_at, closes_at=closes_at)
    news = {"opens_at": made.excluded.opens_at, "closes_at": made.excluded.closes_at}
    await session.execute(made.on_conflict_do_update(index_elements=("campaign_id",), set_=news))


def is_open(now: datetime) -> ColumnElement[bool]:
    """The condition of a claim, where `Gate` is joined to `Delivery` by campaign (outer)."""
    flows = and_(Gate.opens_at <= now, or_(Gate.closes_at.is_(None), Gate.closes_at > now))
    return or_(Delivery.campaign_id.is_(None), flows)
