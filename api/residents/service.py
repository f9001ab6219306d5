"""Residents: found by an address, and what they agree to or withdraw."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from api.errors import Invalid, NotFound
from api.residents import linking
from api.residents.models import Address, Consent, Resident
from api.routing.roads import prefix_of
from api.security.crypto import Keyring
from api.security.seals import Cipher

JOINING, ACTIVE, DECLINED, STOPPED = "joining", "active", "declined", "stopped"
MAY_LINK = (JOINING, ACTIVE, STOPPED)  # a code sent after a STOP links, and both are stopped; one after a no does not
MERGED, ERASED = "merged", "erased"  # no people any more: see the table
CONSULTATIONS = "consultations"  # the purpose residents agree to (law 09-08: consent is given for a purpose)

CHATS, PHONES = "telegram", "sms"  # the channels that one may leave apart from the other, and not

_PURPOSE = "address"


def open_address(keyring: Cipher, sealed: bytes) -> str:
    """The address in the clear, to be handed to a provider and nowhere else. Raises Invalid where it was erased."""
    if not sealed:
        raise Invalid("this address was erased")
    return keyring.decipher(sealed, purpose=_PURPOSE)


async def meet(
    session: AsyncSession,
    *,
    keyring: Keyring,
    channel: str,
    road: str,
    address: str,
    now: datetime,
    source: str | None = None,
) -> tuple[Resident, Address]:
    """A new resident with their first address; they have agreed to nothing yet.

    `source` is the poster's keyword or the deep link they came by; it is never changed afterwards.
    """
    resident = Resident(state=JOINING, latin=False, joined_at=now, source=source)
    session.add(resident)
    await session.flush()
    reached = Address(
        resident_id=resident.id,
        channel=channel,
        road=road,
        prefix=prefix_of(address),
        blind_index=keyring.blind_index(channel, address),
        sealed=keyring.encipher(address, purpose=_PURPOSE),
        state="active",
    )
    session.add(reached)
    await session.flush()
    return resident, reached


async def reach(
    session: AsyncSession,
    *,
    keyring: Keyring,
    channel: str,
    road: str,
    address: str,
    now: datetime,
    source: str | None = None,
) -> tuple[Resident, Address]:
    """Whoever has this address; met for the first time where nobody has, which is no consent to anything."""
    found = await find_address(session, keyring=keyring, channel=channel, address=address)
    if found is None:
        return await meet(session, keyring=keyring, channel=channel, road=road, address=address, now=now, source=source)
    resident = (await session.scalars(select(Resident).where(Resident.id == found.resident_id))).one()
    resident.source = resident.source or source
    return resident, found


def agree(
    session: AsyncSession, resident: Resident, *, granted: bool, channel: str, wording: str, now: datetime
) -> None:
    """Record what a resident agreed to or refused, in the words they read."""
    resident.state = ACTIVE if granted else DECLINED
    _record(session, resident, granted=granted, channel=channel, wording=wording, now=now)


def stop(session: AsyncSession, resident: Resident, *, channel: str, wording: str, now: datetime) -> None:
    """Record that a resident wants nothing more; they stay stopped until they say START."""
    if resident.state == STOPPED:
        return
    resident.state = STOPPED
    _record(session, resident, granted=False, channel=channel, wording=wording, now=now)


async def lost(session: AsyncSession, *, address_id: int, reason: str, now: datetime) -> Resident:
    """The provider says that this person left: nothing goes to this address any more.

    A block of the bot stops Telegram only, if they have a number as well and agreed by SMS: then they stay active. Else
    the stop is recorded, and holds everywhere. Of whoever was erased meanwhile nothing is: what is left of them is
    found, and forgotten, by its state. Raises NotFound.
    """
    row = (
        await session.execute(
            select(Resident, Address.channel)
            .join(Address, Address.resident_id == Resident.id)
            .where(Address.id == address_id)
            .with_for_update(key_share=True, of=Resident)
        )
    ).first()
    if row is None:
        raise NotFound
    resident, channel = row
    if resident.state == ERASED:
        return resident
    await session.execute(update(Address).where(Address.id == address_id).values(state="gone"))
    if channel != CHATS or await number_agreed(session, resident) is None:
        stop(session, resident, channel=channel, wording=reason, now=now)
    else:
        await linking.forget(session, [address_id])
    await session.flush()
    return resident


async def number_agreed(session: AsyncSession, resident: Resident) -> Address | None:
    """The number of an active resident who said yes by SMS, and nothing else there since; None if there is none."""
    said = select(Consent.granted).where(Consent.resident_id == resident.id, Consent.channel == PHONES)
    if resident.state != ACTIVE or not await session.scalar(said.order_by(Consent.id.desc()).limit(1)):
        return None
    return await newest_address(session, resident.id, channel=PHONES)


async def find_address(session: AsyncSession, *, keyring: Keyring, channel: str, address: str) -> Address | None:
    """The address row of one phone number or chat."""
    blind = keyring.blind_index(channel, address)
    found: Address | None = await session.scalar(
        select(Address).where(Address.channel == channel, Address.blind_index == blind)
    )
    return found


async def channels(session: AsyncSession, resident_id: int) -> set[str]:
    """Where a resident is reached."""
    theirs = (Address.resident_id == resident_id, Address.state == "active")
    return set(await session.scalars(select(Address.channel).where(*theirs).distinct()))


async def newest_address(session: AsyncSession, resident_id: int, *, channel: str) -> Address | None:
    """Where a resident is reached on a channel: the newest address that is active, as campaigns choose it."""
    theirs = (Address.resident_id == resident_id, Address.channel == channel, Address.state == "active")
    found: Address | None = await session.scalar(select(Address).where(*theirs).order_by(Address.id.desc()).limit(1))
    return found


def _record(
    session: AsyncSession, resident: Resident, *, granted: bool, channel: str, wording: str, now: datetime
) -> None:
    session.add(
        Consent(
            resident_id=resident.id,
            purpose=CONSULTATIONS,
            granted=granted,
            channel=channel,
            language=resident.language,
            wording=wording,
            given_at=now,
        )
    )
