"""Lock residents. A resident's row lock covers all their data; several are locked in order of their ids.

docs/architecture.md lists the order of all locks.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.residents.models import Address, Resident


class LockOrderConflict(Exception):
    """A transaction needs a resident that precedes one it has locked: roll back, and lock `resident_id` first."""

    def __init__(self, resident_id: int) -> None:
        """`resident_id` is the resident to lock first."""
        super().__init__("another resident must be locked first")
        self.resident_id = resident_id


async def lock(session: AsyncSession, *resident_ids: int) -> Sequence[Resident]:
    """Lock these residents until the transaction ends; return them refreshed, in order of id."""
    await session.flush()
    residents = await session.scalars(
        select(Resident).where(Resident.id.in_(resident_ids)).order_by(Resident.id).with_for_update(key_share=True),
        execution_options={"populate_existing": True},
    )
    return residents.all()


async def lock_another(session: AsyncSession, address: Address, *, locked_id: int) -> Resident:
    """Lock the owner of an address while already holding the lock on another resident; refresh the address.

    Raises LockOrderConflict if the owner precedes `locked_id` and is locked by others, which could deadlock, or if
    the address has changed its owner.
    """
    owner_id = address.resident_id
    if owner_id < locked_id:
        free = select(Resident.id).where(Resident.id == owner_id).with_for_update(key_share=True, skip_locked=True)
        if await session.scalar(free) is None:
            raise LockOrderConflict(owner_id)
    (owner,) = await lock(session, owner_id)
    await session.refresh(address, ["resident_id"])
    if address.resident_id != owner_id:
        raise LockOrderConflict(address.resident_id)
    return owner
