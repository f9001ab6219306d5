"""The recipient of a delivery: the current owner of its address."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.outbox.models import Delivery
from api.residents.locks import lock
from api.residents.models import Address


async def lock_recipients(session: AsyncSession, delivery_ids: Collection[int]) -> None:
    """Lock the recipients of these deliveries before the deliveries, as a departure may be recorded for them."""
    if delivery_ids:
        owner = select(Address.resident_id).join(Delivery, Delivery.address_id == Address.id)
        await lock(session, *await session.scalars(owner.where(Delivery.id.in_(delivery_ids))))


def addressed_to(*resident_ids: int) -> ColumnElement[bool]:
    """Match deliveries addressed to one of these residents.

    An address has one owner at any time. `Delivery.resident_id` is who the delivery was queued for: after a merge
    it may name the resident who no longer exists.
    """
    return Delivery.address_id.in_(select(Address.id).where(Address.resident_id.in_(resident_ids)))
