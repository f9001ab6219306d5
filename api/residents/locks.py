"""Locking people: a resident's row stands for all that is theirs, and several are locked in the order of their numbers.

Which locks come before which is said in docs/architecture.md.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.residents.models import Address, Resident


class BeginAnew(Exception):
    """What holds a resident needs another one that comes before: it must let go, and lock that one first."""

    def __init__(self, number: int) -> None:
        """`number` is of the resident to lock first."""
        super().__init__("another resident must be locked before")
        self.number = number


async def lock(session: AsyncSession, *numbers: int) -> Sequence[Resident]:
    """These residents in the order of their numbers, as they are now, locked until the transaction ends."""
    await session.flush()
    found = await session.scalars(
        select(Resident).where(Resident.id.in_(numbers)).order_by(Resident.id).with_for_update(key_share=True),
        execution_options={"populate_existing": True},
    )
    return found.all()


async def lock_another(session: AsyncSession, address: Address, *, held: int) -> Resident:
    """Lock the owner of an address too, by who holds a resident already; the address is as it stands then.

    Raises BeginAnew where the owner comes before, and somebody else has them: both would wait for each other. And where
    the address went over to another owner meanwhile.
    """
    number = address.resident_id
    if number < held:
        free = select(Resident.id).where(Resident.id == number).with_for_update(key_share=True, skip_locked=True)
        if await session.scalar(free) is None:
            raise BeginAnew(number)
    (owner,) = await lock(session, number)
    await session.refresh(address, ["resident_id"])
    if address.resident_id != number:
        raise BeginAnew(address.resident_id)
    return owner
