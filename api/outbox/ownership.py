"""Find and lock the recipient of a delivery: the resident who owns its address now."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.outbox.models import Delivery
from api.residents.locks import lock
from api.residents.models import Address


async def lock_recipients(session: AsyncSession, delivery_ids: Collection[int]) -> None:
    """Lock the recipients of these deliveries. Call it before the deliveries are locked.

    If a transaction may record that a recipient left, it needs this lock.
    """
    if delivery_ids:
        owner = select(Address.resident_id).join(Delivery, Delivery.address_id == Address.id)
        await lock(session, *await session.scalars(owner.where(Delivery.id.in_(delivery_ids))))


def addressed_to(*resident_ids: int) -> ColumnElement[bool]:
    """Return the SQL condition that the address of a `Delivery` belongs to one of these residents.

    The owner of the address counts, not `Delivery.resident_id`. That resident may have been merged into another since.
    """
    return Delivery.address_id.in_(select(Address.id).where(Address.resident_id.in_(resident_ids)))
