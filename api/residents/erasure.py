"""Erasing a person: what is left is a number that others count, and for a while a hash, so that nobody votes twice."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from api.residents import linking, merge
from api.residents.merge import NOTHING
from api.residents.models import Address, Consent, Follow, Merge, Resident
from api.residents.service import ERASED, JOINING
from api.routing.roads import prefix_of
from api.security.crypto import Keyring

EMPTIED = "erased"  # the state of an address of which only the hash is left
REFUSED = "refused"  # the same, of a wrong number: its hash stays until START, so that no other word begins anew
_KEPT = "erased"  # in place of a consent's wording: what stays is that, when and by which channel


async def erase(session: AsyncSession, resident: Resident) -> None:
    """Empty everything that says who this is, or what they are like. Dates and purposes of their consents stay.

    The keyed hash of an address stays, by which a ballot of theirs is found should they come back: `release` ends that.
    """
    mine = (resident.id, *await merge.shells(session, resident.id))
    await session.execute(update(Resident).where(Resident.id.in_(mine)).values(**NOTHING))
    await session.execute(update(Merge).where(Merge.kept_id.in_(mine)).values(sealed=None))
    numbers = list(await session.scalars(select(Address.id).where(Address.resident_id == resident.id)))
    await linking.forget(session, numbers)
    await session.execute(update(Address).where(Address.id.in_(numbers)).values(sealed=b"", prefix=None, state=EMPTIED))
    await session.execute(delete(Follow).where(Follow.resident_id.in_(mine)))  # what both followed stayed with a shell
    await session.execute(
        update(Consent).where(Consent.resident_id == resident.id).values(wording=_KEPT, language=None)
    )
    resident.state = ERASED
    for name, value in NOTHING.items():
        setattr(resident, name, value)
    await session.flush()


async def separate(session: AsyncSession, resident: Resident, address: Address, *, now: datetime) -> Resident:
    """A new resident for an address that no longer belongs with the others of `resident`; no merge brings it back."""
    await linking.forget(session, [address.id])
    alone = Resident(state=JOINING, latin=False, joined_at=now)
    session.add(alone)
    await session.flush()
    address.resident_id = alone.id
    await session.execute(update(Merge).where(Merge.kept_id == resident.id).values(sealed=None))
    await session.flush()
    return alone


async def lock_emptied(session: AsyncSession) -> list[int]:
    """The erased residents whose hashes are kept, locked; those whom somebody else has in hand are passed over.

    Also who came back by one of two addresses, and not by the other.
    """
    kept = select(Address.resident_id).where(Address.state == EMPTIED)
    erased = select(Resident.id).where(Resident.id.in_(kept)).order_by(Resident.id)
    return list(await session.scalars(erased.with_for_update(key_share=True, skip_locked=True)))


async def release(session: AsyncSession, resident_ids: Collection[int]) -> list[int]:
    """Forget the hashes too of these residents, who are locked; returns the numbers of the addresses."""
    emptied = (Address.state == EMPTIED, Address.resident_id.in_(resident_ids))
    found = (await session.scalars(select(Address.id).where(*emptied))).all()
    for number in found:
        blanked = update(Address).where(Address.id == number)
        await session.execute(blanked.values(blind_index=secrets.token_bytes(16), state="gone"))
    return list(found)


def come_back(resident: Resident, address: Address, *, written: str, keyring: Keyring, now: datetime) -> bool:
    """Whoever writes again before their hash was forgotten joins anew, with the ballots they had; says whether they do.

    Who came back already by another address is reached by this one again too.
    """
    address.sealed, address.prefix = keyring.encipher(written, purpose="address"), prefix_of(written)
    address.state = "active"
    anew = resident.state == ERASED
    if anew:
        resident.state, resident.joined_at = JOINING, now
    return anew
