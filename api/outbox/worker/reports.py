"""Record status updates from channels: that a reply was sent, or what a provider reported in a callback."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.channel import SendError
from api.clock import Clock
from api.db import Database
from api.outbox import ownership, transitions
from api.outbox.models import Delivery
from api.outbox.states import DeliveryState
from api.outbox.transitions import StatusUpdate
from api.outbox.worker import departures, provider_faults


class Reports:
    """The receiver of status updates. States only move forward, so a late or repeated update changes nothing."""

    def __init__(self, db: Database, clock: Clock) -> None:
        """Prepare to record each update in its own transaction.

        All methods raise Unavailable if the database cannot be reached.
        """
        self._db, self._clock = db, clock

    async def update(
        self,
        delivery_id: int,
        *,
        state: DeliveryState,
        external_id: str | None = None,
        reason: str | None = None,
        gone: bool = False,
        against: SendError | None = None,
    ) -> None:
        """Record that a delivery reached a state.

        `gone` means that the person left, which is recorded like a STOP. `against` is an error that concerns the whole
        road: a fault on our side, or a request to wait.
        """
        async with self._db.transaction() as session:
            await record(
                session,
                delivery_id,
                state=state,
                now=self._clock(),
                external_id=external_id,
                reason=reason,
                gone=gone,
                against=against,
            )


async def record(
    session: AsyncSession,
    delivery_id: int,
    *,
    state: DeliveryState,
    now: datetime,
    external_id: str | None = None,
    parts: int | None = None,
    reason: str | None = None,
    gone: bool = False,
    against: SendError | None = None,
) -> None:
    """Record, in the current transaction, that a delivery reached a state.

    `gone` means that the person left, which is recorded like a STOP. `against` is an error that concerns the whole
    road: a fault on our side, or a request to wait.
    """
    if gone:
        await ownership.lock_recipients(session, [delivery_id])
    status_update = StatusUpdate(delivery_id, state, external_id=external_id, parts=parts, reason=reason)
    moved = await transitions.settle(session, [status_update], now=now)
    if gone and moved:
        await departures.record_departure(session, moved[0].address_id, reason=reason or "gone", now=now)
    if against is not None and moved:
        road = await session.scalar(select(Delivery.road).where(Delivery.id == delivery_id))
        await provider_faults.apply(session, road or "", [against], now=now, late=True)
