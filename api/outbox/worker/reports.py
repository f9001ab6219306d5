"""What channels tell the outbox of their own accord: that a reply went out, what a provider's callback said."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.channel import SendError
from api.clock import Clock
from api.db import Database
from api.outbox import ownership, transitions
from api.outbox.models import Delivery
from api.outbox.transitions import News
from api.outbox.worker import departures, provider_faults


class Reports:
    """Takes news of deliveries. Late, doubled or disordered news change nothing: states move only forward."""

    def __init__(self, db: Database, clock: Clock) -> None:
        """Each piece of news is a transaction of its own. All methods raise Unavailable where the database is away."""
        self._db, self._clock = db, clock

    async def news(
        self,
        delivery_id: int,
        *,
        state: str,
        external_id: str | None = None,
        reason: str | None = None,
        gone: bool = False,
        against: SendError | None = None,
    ) -> None:
        """A delivery reached this state; `gone` says that the person left, which is recorded as their stop.

        `against` is what the failure says of the road: that our side is wrong, or that it is to wait.
        """
        async with self._db.transaction() as session:
            await tell(
                session,
                delivery_id,
                state=state,
                now=self._clock(),
                external_id=external_id,
                reason=reason,
                gone=gone,
                against=against,
            )


async def tell(
    session: AsyncSession,
    delivery_id: int,
    *,
    state: str,
    now: datetime,
    external_id: str | None = None,
    parts: int | None = None,
    reason: str | None = None,
    gone: bool = False,
    against: SendError | None = None,
) -> None:
    """The same within a transaction at hand."""
    if gone:
        await ownership.lock_recipients(session, [delivery_id])
    told = News(delivery_id, state, external_id=external_id, parts=parts, reason=reason)
    moved = await transitions.settle(session, [told], now=now)
    if gone and moved:
        await departures.left(session, moved[0].address_id, reason=reason or "gone", now=now)
    if against is not None and moved:
        road = await session.scalar(select(Delivery.road).where(Delivery.id == delivery_id))
        await provider_faults.heed(session, road or "", [against], now=now, late=True)
