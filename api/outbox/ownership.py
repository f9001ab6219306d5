"""Whose deliveries are: by the address they go to, which has one owner at any time."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.outbox.models import Delivery
from api.residents.locks import lock
from api.residents.models import Address


async def lock_recipients(session: AsyncSession, delivery_ids: Collection[int]) -> None:
    """Lock whoever these deliveries go to, before the deliveries themselves, by who may have to record their stop."""
    if delivery_ids:
        owner = select(Address.resident_id).join(Delivery, Delivery.address_id == Address.id)
        await lock(session, *await session.scalars(owner.where(Delivery.id.in_(delivery_ids))))


def to(*resident_ids: int) -> ColumnElement[bool]:
    """The condition that a delivery goes to one of these residents.

    The address says so, which has one owner at any time. `Delivery.resident_id` says who it was queued for: of two who
    became one and were both in a campaign, one such number stays with who is no more.
    """
    return Delivery.address_id.in_(select(Address.id).where(Address.resident_id.in_(resident_ids)))
