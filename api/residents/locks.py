"""Lock residents. The lock on a resident's row covers all their data; several residents are locked in order of id.

docs/architecture.md lists the order of all locks.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.residents.models import Address, Resident


class LockOrderConflict(Exception):
    """A transaction must lock another resident, whom it should have locked first.

    The caller must roll back and start again by locking `resident_id`.
    """

    def __init__(self, resident_id: int) -> None:
        """Store the id of the resident to lock first."""
        super().__init__("another resident must be locked first")
        self.resident_id = resident_id


async def lock(session: AsyncSession, *resident_ids: int) -> Sequence[Resident]:
    """Lock these residents until the transaction ends; return their current rows, in order of their ids."""
    await session.flush()
    residents = await session.scalars(
        select(Resident).where(Resident.id.in_(resident_ids)).order_by(Resident.id).with_for_update(key_share=True),
        execution_options={"populate_existing": True},
    )
    return residents.all()


async def lock_another(session: AsyncSession, address: Address, *, locked_id: int) -> Resident:
    """Lock the owner of an address while another resident is already locked; refresh the address.

    Raises LockOrderConflict if waiting for the owner could deadlock, or if the address has changed its owner.
    """
    owner_id = address.resident_id
    # another transaction may hold the owner and wait for the resident locked here
    if owner_id < locked_id:
        free = select(Resident.id).where(Resident.id == owner_id).with_for_update(key_share=True, skip_locked=True)
        if await session.scalar(free) is None:
            raise LockOrderConflict(owner_id)
    (owner,) = await lock(session, owner_id)
    await session.refresh(address, ["resident_id"])
    if address.resident_id != owner_id:
        raise LockOrderConflict(address.resident_id)
    return owner
