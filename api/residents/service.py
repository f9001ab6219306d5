"""Residents: find them by an address, and record what they agree to or withdraw."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from api.errors import Invalid, NotFound
from api.residents import linking
from api.residents.models import Address, Consent, Resident
from api.residents.states import AddressState, ResidentState
from api.routing import phones
from api.routing.roads import prefix_of
from api.security.crypto import Keyring
from api.security.seals import Cipher

JOINING, ACTIVE, DECLINED, STOPPED = (
    ResidentState.JOINING, ResidentState.ACTIVE, ResidentState.DECLINED, ResidentState.STOPPED,
)  # fmt: skip
MAY_LINK = (JOINING, ACTIVE, STOPPED)  # linking after a STOP stops both addresses; after a refusal no code links
MERGED, ERASED = ResidentState.MERGED, ResidentState.ERASED
CONSULTATIONS = "consultations"  # the purpose residents consent to (law 09-08 ties consent to a purpose)

CHATS, PHONES = "telegram", "sms"  # leaving Telegram can stop Telegram alone; leaving SMS stops both

_PURPOSE = "address"


class Contact(NamedTuple):
    """A resident and one of their addresses."""

    resident: Resident
    address: Address


class MaskedAddress(NamedTuple):
    """An address in the form that staff may see: see `masked_address`."""

    channel: str
    masked: str
    state: AddressState


def open_address(keyring: Cipher, sealed: bytes) -> str:
    """Decrypt an address. Pass the result only to a provider. Raises Invalid if the address was erased."""
    if not sealed:
        raise Invalid("this address was erased")
    return keyring.decipher(sealed, purpose=_PURPOSE)


def masked_address(keyring: Cipher, sealed: bytes | None) -> str:
    """Return an address with most digits hidden, as staff may see it.

    If there is no address, or it cannot be decrypted any more, return "".
    """
    try:
        return phones.masked(open_address(keyring, sealed or b""))
    except Invalid:
        return ""


async def create(
    session: AsyncSession,
    *,
    keyring: Keyring,
    channel: str,
    road: str,
    address: str,
    now: datetime,
    source: str | None = None,
) -> Contact:
    """Create a resident with their first address. They have not agreed to anything yet.

    `source` is the keyword on a poster or the deep link that brought the resident; it never changes.
    """
    resident = Resident(state=JOINING, latin=False, joined_at=now, source=source)
    session.add(resident)
    await session.flush()
    row = Address(
        resident_id=resident.id,
        channel=channel,
        road=road,
        prefix=prefix_of(address),
        blind_index=keyring.blind_index(channel, address),
        sealed=keyring.encipher(address, purpose=_PURPOSE),
        state=AddressState.ACTIVE,
    )
    session.add(row)
    await session.flush()
    return Contact(resident, row)


async def get_or_create(
    session: AsyncSession,
    *,
    keyring: Keyring,
    channel: str,
    road: str,
    address: str,
    now: datetime,
    source: str | None = None,
) -> Contact:
    """Return the resident with this address. If there is none, create one, who has not agreed to anything yet."""
    row = await find_address(session, keyring=keyring, channel=channel, address=address)
    if row is None:
        return await create(
            session, keyring=keyring, channel=channel, road=road, address=address, now=now, source=source
        )
    resident = (await session.scalars(select(Resident).where(Resident.id == row.resident_id))).one()
    resident.source = resident.source or source
    return Contact(resident, row)


def record_consent(
    session: AsyncSession, resident: Resident, *, granted: bool, channel: str, wording: str, now: datetime
) -> None:
    """Record whether a resident agreed, and which wording they had read."""
    resident.state = ACTIVE if granted else DECLINED
    _record(session, resident, granted=granted, channel=channel, wording=wording, now=now)


def stop(session: AsyncSession, resident: Resident, *, channel: str, wording: str, now: datetime) -> None:
    """Record that a resident wants no more messages. This applies until they send START."""
    if resident.state == STOPPED:
        return
    resident.state = STOPPED
    _record(session, resident, granted=False, channel=channel, wording=wording, now=now)


async def mark_unreachable(session: AsyncSession, *, address_id: int, reason: str, now: datetime) -> Resident:
    """Record that the provider reports an address as unreachable. Raises NotFound.

    If a resident blocks the bot but has agreed to SMS too, only the Telegram messages stop. In any other case, the
    resident gets no more messages on any channel.
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
    await session.execute(update(Address).where(Address.id == address_id).values(state=AddressState.GONE))
    if channel != CHATS or await consented_number(session, resident) is None:
        stop(session, resident, channel=channel, wording=reason, now=now)
    else:
        await linking.forget(session, [address_id])
    await session.flush()
    return resident


async def consented_number(session: AsyncSession, resident: Resident) -> Address | None:
    """Return the phone number of an active resident who agreed to SMS; None for other residents."""
    answers = select(Consent.granted).where(Consent.resident_id == resident.id, Consent.channel == PHONES)
    if resident.state != ACTIVE or not await session.scalar(answers.order_by(Consent.id.desc()).limit(1)):
        return None
    return await newest_address(session, resident.id, channel=PHONES)


async def find_address(session: AsyncSession, *, keyring: Keyring, channel: str, address: str) -> Address | None:
    """Return the stored address with this phone number or chat id; None if it is not stored."""
    blind = keyring.blind_index(channel, address)
    row: Address | None = await session.scalar(
        select(Address).where(Address.channel == channel, Address.blind_index == blind)
    )
    return row


async def channels(session: AsyncSession, resident_id: int) -> set[str]:
    """Return the channels on which a resident has an active address."""
    active = (Address.resident_id == resident_id, Address.state == AddressState.ACTIVE)
    return set(await session.scalars(select(Address.channel).where(*active).distinct()))


async def newest_address(session: AsyncSession, resident_id: int, *, channel: str) -> Address | None:
    """Return a resident's newest active address on a channel, which campaigns use; None if there is none."""
    active = (Address.resident_id == resident_id, Address.channel == channel, Address.state == AddressState.ACTIVE)
    row: Address | None = await session.scalar(select(Address).where(*active).order_by(Address.id.desc()).limit(1))
    return row


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
