"""Erase a resident. Only the row with the id stays, because counts refer to it.

A keyed hash of each address also stays for a while, to prevent a second vote.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from api.residents import linking, merge
from api.residents.merge import EMPTY_PROFILE
from api.residents.models import Address, Consent, Follow, Merge, Resident
from api.residents.service import ERASED, JOINING
from api.residents.states import AddressState
from api.routing.roads import prefix_of
from api.security.crypto import Keyring

EMPTIED = AddressState.ERASED  # only the hash is left
REFUSED = AddressState.REFUSED  # a wrong number: the hash stays until START, the only word that signs up again
_KEPT = "erased"  # replaces the wording of a consent; its date and channel stay


async def erase(session: AsyncSession, resident: Resident) -> None:
    """Erase everything that identifies or describes a resident. The dates and purposes of their consents stay.

    The keyed hash of each address stays until `delete_hashes`. If the resident comes back before that, the hash leads
    to their ballot.
    """
    ids = (resident.id, *await merge.merged_ids(session, resident.id))
    await session.execute(update(Resident).where(Resident.id.in_(ids)).values(**EMPTY_PROFILE))
    await session.execute(update(Merge).where(Merge.kept_id.in_(ids)).values(sealed=None))
    address_ids = list(await session.scalars(select(Address.id).where(Address.resident_id == resident.id)))
    await linking.forget(session, address_ids)
    await session.execute(
        update(Address).where(Address.id.in_(address_ids)).values(sealed=b"", prefix=None, state=EMPTIED)
    )
    await session.execute(delete(Follow).where(Follow.resident_id.in_(ids)))  # a merged row keeps what both followed
    await session.execute(
        update(Consent).where(Consent.resident_id == resident.id).values(wording=_KEPT, language=None)
    )
    resident.state = ERASED
    for name, value in EMPTY_PROFILE.items():
        setattr(resident, name, value)
    await session.flush()


async def detach(session: AsyncSession, resident: Resident, address: Address, *, now: datetime) -> Resident:
    """Move an address to a new resident. Merges of `resident` can then no longer be undone."""
    await linking.forget(session, [address.id])
    alone = Resident(state=JOINING, latin=False, joined_at=now)
    session.add(alone)
    await session.flush()
    address.resident_id = alone.id
    await session.execute(update(Merge).where(Merge.kept_id == resident.id).values(sealed=None))
    await session.flush()
    return alone


async def lock_emptied(session: AsyncSession) -> list[int]:
    """Lock the erased residents whose address hashes are still stored; return their ids.

    Rows locked by another transaction are skipped. A resident who came back with only one of two addresses is included.
    """
    emptied = select(Address.resident_id).where(Address.state == EMPTIED)
    erased = select(Resident.id).where(Resident.id.in_(emptied)).order_by(Resident.id)
    return list(await session.scalars(erased.with_for_update(key_share=True, skip_locked=True)))


async def delete_hashes(session: AsyncSession, resident_ids: Collection[int]) -> list[int]:
    """Delete the address hashes of these residents, who must be locked; return the ids of the addresses."""
    emptied = (Address.state == EMPTIED, Address.resident_id.in_(resident_ids))
    address_ids = (await session.scalars(select(Address.id).where(*emptied))).all()
    for address_id in address_ids:
        blanked = update(Address).where(Address.id == address_id)
        await session.execute(blanked.values(blind_index=secrets.token_bytes(16), state=AddressState.GONE))
    return list(address_ids)


def readmit(resident: Resident, address: Address, *, written: str, keyring: Keyring, now: datetime) -> bool:
    """Restore an erased address when a message comes from it; return whether its resident must sign up again.

    If the resident already came back with another address, they need not sign up again. Their ballots remain theirs.
    """
    address.sealed, address.prefix = keyring.encipher(written, purpose="address"), prefix_of(written)
    address.state = AddressState.ACTIVE
    restarts = resident.state == ERASED
    if restarts:
        resident.state, resident.joined_at = JOINING, now
    return restarts
