"""Staff actions on one resident's record: find, show, erase, undo a merge. Every action is recorded.

Results never contain a complete address. They contain no
votes, since nobody can link votes to a resident.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api import audit
from api.actors import Action
from api.errors import Conflict, NotFound
from api.residents import linking
from api.residents import service as residents
from api.residents.locks import lock
from api.residents.models import Address, Merge, Resident
from api.residents.service import MaskedAddress, masked_address
from api.routing import phones
from api.security import rights
from api.security.crypto import Keyring
from api.workflows import resident_record
from api.workflows import residents as workflow_residents
from api.workflows.resident_record import ResidentRecord

_GONE = (residents.MERGED, residents.ERASED)


@dataclass(frozen=True, slots=True)
class File:
    """A resident with their addresses and everything else that is known about them."""

    resident: Resident
    addresses: list[MaskedAddress]
    record: ResidentRecord


async def find(
    session: AsyncSession,
    *,
    channel: str,
    address: str,
    action: Action,
    keyring: Keyring,
    region: str = phones.HOME,
) -> File:
    """Find the resident who uses a phone number or chat. `region` applies to numbers without a country code.

    Raises NotAPhone if the number is malformed, and NotFound if nobody whom the actor may see uses it.
    """
    exact = phones.e164(address.strip(), region) if channel == linking.PHONES else address.strip()
    row = await residents.find_address(session, keyring=keyring, channel=channel, address=exact)
    resident = await session.get(Resident, row.resident_id) if row is not None else None
    # the same error for other provinces, so that the actor cannot learn where a number is registered
    if row is None or resident is None or not rights.is_within(resident.province):
        ours = "" if rights.seen() is None else " of your province"
        raise NotFound(f"no resident{ours} uses this phone number or chat")
    return await _open(session, row.resident_id, "find", action=action, keyring=keyring)


async def show(session: AsyncSession, number: int, *, action: Action, keyring: Keyring) -> File:
    """Return everything known about a resident. Raises NotFound."""
    return await _open(session, number, "show", action=action, keyring=keyring)


async def erase(session: AsyncSession, number: int, *, action: Action) -> Resident:
    """Erase a resident from all domains, and record it. Raises NotFound, or Conflict if nothing is left to erase."""
    locked = await lock(session, number)
    if not locked:
        raise NotFound(f"there is no resident {number}")
    (resident,) = locked
    rights.within(resident.province)
    if resident.state in _GONE:
        raise Conflict(f"resident {number} is already {resident.state}: there is nothing left to erase")
    await workflow_residents.erase(session, resident, now=action.at)
    await _note(session, "erase", number, action)
    return resident


async def undo_merge(session: AsyncSession, merge_id: int, *, action: Action, keyring: Keyring) -> Merge:
    """Undo a merge of two residents, and record it. Raises NotFound, AlreadyDone, or Conflict if it is too late."""
    merge = await workflow_residents.undo_merge(session, merge_id, action=action, keyring=keyring)
    for number in (merge.kept_id, merge.gone_id):
        await _note(session, "undo merge", number, action)
    return merge


async def _open(session: AsyncSession, number: int, act: str, *, action: Action, keyring: Keyring) -> File:
    resident = await session.get(Resident, number)
    if resident is None:
        raise NotFound(f"there is no resident {number}")
    rights.within(resident.province)
    addresses = select(Address).where(Address.resident_id == number).order_by(Address.id)
    masked = [
        MaskedAddress(each.channel, masked_address(keyring, each.sealed), each.state)
        for each in await session.scalars(addresses)
    ]
    record = await resident_record.read(session, resident, for_staff=True)
    await _note(session, act, number, action)
    return File(resident, masked, record)


async def _note(session: AsyncSession, act: str, number: int, action: Action) -> None:
    await audit.note(session, who=action.actor, act=act, subject=f"resident {number}", now=action.at)
