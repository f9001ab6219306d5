"""What channels tell the outbox of their own accord: that a reply went out, what a provider's callback said."""

from __future__ import annotations

from sqlalchemy import select

from api.clock import Clock
from api.db import Database
from api.outbox import service
from api.outbox.models import Delivery
from api.residents import service as residents


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
    ) -> None:
        """A delivery reached this state; `gone` says that the person left, which is recorded as their stop."""
        now = self._clock()
        async with self._db.transaction() as session:
            moved = await service.settle(
                session, delivery_id, state=state, now=now, external_id=external_id, reason=reason
            )
            if gone and moved:
                address_id = await session.scalar(select(Delivery.address_id).where(Delivery.id == delivery_id))
                if address_id is not None:
                    resident = await residents.lost(session, address_id=address_id, reason=reason or "gone", now=now)
                    await service.cancel_campaigns(session, resident.id, now=now)
