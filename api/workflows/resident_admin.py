"""What staff do with one resident's file: find, look, erase, part two that are none; each act is written down.

The same for the command line and the JSON API. No whole number or chat leaves it, and nothing of a choice: nobody
knows that.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api import audit
from api.errors import Conflict, NotFound
from api.residents import linking
from api.residents import service as residents
from api.residents.locks import lock
from api.residents.models import Address, Merge, Resident
from api.routing import phones
from api.security import rights
from api.security.crypto import Keyring
from api.workflows import resident_record
from api.workflows import residents as workflow_residents
from api.workflows.resident_record import Holdings

_GONE = (residents.MERGED, residents.ERASED)


@dataclass(frozen=True, slots=True)
class File:
    """A resident, their addresses as channel, masked text and state, and what is known of them beside."""

    resident: Resident
    addresses: list[tuple[str, str, str]]
    held: Holdings


async def find(
    session: AsyncSession,
    *,
    channel: str,
    address: str,
    who: str,
    keyring: Keyring,
    now: datetime,
    region: str = phones.HOME,
) -> File:
    """The file of whoever is reached at this number or chat; `region` is of a number that is written without a country.

    Raises NotFound, or NotAPhone.
    """
    wanted = phones.e164(address.strip(), region) if channel == linking.PHONES else address.strip()
    found = await residents.find_address(session, keyring=keyring, channel=channel, address=wanted)
    if found is None:
        raise NotFound("nobody is known by this number or chat")
    return await _open(session, found.resident_id, "find", who=who, keyring=keyring, now=now)


async def show(session: AsyncSession, number: int, *, who: str, keyring: Keyring, now: datetime) -> File:
    """The file of the resident of this number. Raises NotFound."""
    return await _open(session, number, "show", who=who, keyring=keyring, now=now)


async def erase(session: AsyncSession, number: int, *, who: str, now: datetime) -> Resident:
    """Erase a resident: see `people.erase`. Raises NotFound, or Conflict where nothing is left to erase."""
    locked = await lock(session, number)
    if not locked:
        raise NotFound(f"there is no resident {number}")
    (found,) = locked
    rights.within(found.province)
    if found.state in _GONE:
        raise Conflict(f"resident {number} is {found.state}: nothing is left to erase")
    await workflow_residents.erase(session, found, now=now)
    await audit.note(session, who=who, act="erase", subject=_subject(number), now=now)
    return found


async def part(session: AsyncSession, merge_id: int, *, who: str, keyring: Keyring, now: datetime) -> Merge:
    """Make two residents again of one: see `people.part`. Raises NotFound, AlreadyDone or Conflict."""
    found = await workflow_residents.part(session, merge_id, who=who, keyring=keyring, now=now)
    for number in (found.kept_id, found.gone_id):
        await audit.note(session, who=who, act="undo merge", subject=_subject(number), now=now)
    return found


async def _open(session: AsyncSession, number: int, act: str, *, who: str, keyring: Keyring, now: datetime) -> File:
    found = await session.get(Resident, number)
    if found is None:
        raise NotFound(f"there is no resident {number}")
    rights.within(found.province)
    addresses = select(Address).where(Address.resident_id == number).order_by(Address.id)
    masked = [(each.channel, _masked(each, keyring), each.state) for each in await session.scalars(addresses)]
    held = await resident_record.of(session, found, for_staff=True)
    await audit.note(session, who=who, act=act, subject=_subject(number), now=now)
    return File(found, masked, held)


def _masked(address: Address, keyring: Keyring) -> str:
    """What staff may see of an address, so that somebody on the telephone can say whether it fits; "" if erased."""
    return phones.masked(residents.open_address(keyring, address.sealed)) if address.sealed else ""


def _subject(number: int) -> str:
    return f"resident {number}"
