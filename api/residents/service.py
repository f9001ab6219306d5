"""Residents: found by an address, and what they agree to or withdraw."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from api.crypto import Keyring
from api.errors import NotFound
from api.residents.models import Address, Consent, Resident

JOINING, ACTIVE, DECLINED, STOPPED = "joining", "active", "declined", "stopped"
CONSULTATIONS = "consultations"  # the purpose residents agree to (law 09-08: consent is given for a purpose)

_PURPOSE = "address"


def open_address(keyring: Keyring, sealed: bytes) -> str:
    """The address in the clear, to be handed to a provider and nowhere else."""
    return keyring.decipher(sealed, purpose=_PURPOSE)


async def meet(
    session: AsyncSession, *, keyring: Keyring, channel: str, provider: str, address: str, now: datetime
) -> tuple[Resident, Address]:
    """A new resident with their first address; they have agreed to nothing yet."""
    resident = Resident(state=JOINING, latin=False, joined_at=now)
    session.add(resident)
    await session.flush()
    reached = Address(
        resident_id=resident.id,
        channel=channel,
        provider=provider,
        blind_index=keyring.blind_index(channel, address),
        sealed=keyring.encipher(address, purpose=_PURPOSE),
        state="active",
    )
    session.add(reached)
    await session.flush()
    return resident, reached


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
    """The provider says that this person left: nothing goes to this address any more, and the stop is recorded.

    Raises NotFound.
    """
    row = (
        await session.execute(
            select(Resident, Address.channel)
            .join(Address, Address.resident_id == Resident.id)
            .where(Address.id == address_id)
        )
    ).first()
    if row is None:
        raise NotFound
    resident, channel = row
    await session.execute(update(Address).where(Address.id == address_id).values(state="gone"))
    stop(session, resident, channel=channel, wording=reason, now=now)
    await session.flush()
    return resident


async def find_address(session: AsyncSession, *, keyring: Keyring, channel: str, address: str) -> Address | None:
    """The address row of one phone number or chat."""
    blind = keyring.blind_index(channel, address)
    found: Address | None = await session.scalar(
        select(Address).where(Address.channel == channel, Address.blind_index == blind)
    )
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
