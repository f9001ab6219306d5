"""Linking a second address to a person: a code shown on the one and sent from the other, or a number they share."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.crypto import Keyring
from api.errors import Forbidden, NotFound
from api.residents.models import Address, LinkCode, LinkTry, Resident
from api.roads import prefix_of

PHONES = "sms"  # the channel whose addresses are phone numbers
LIFE = timedelta(minutes=15)
LENGTH = 6  # digits; with TRIES an hour, one address would need years to come upon one live code
TRIES = 5
_WINDOW = timedelta(hours=1)


async def offer(session: AsyncSession, *, address_id: int, keyring: Keyring, now: datetime) -> str:
    """A new code for this address, in place of any it had. It lives for LIFE and works once."""
    gone = (LinkCode.expires_at <= now) | (LinkCode.address_id == address_id)
    await session.execute(delete(LinkCode).where(gone))
    while True:
        code = f"{secrets.randbelow(10**LENGTH):0{LENGTH}}"
        if await session.get(LinkCode, _blind(keyring, code)) is None:
            break
    session.add(LinkCode(blind=_blind(keyring, code), address_id=address_id, expires_at=now + LIFE))
    await session.flush()
    return code


async def waits(session: AsyncSession, *, address_id: int, now: datetime) -> bool:
    """Whether this address was shown a code that still lives."""
    found = select(LinkCode.blind).where(LinkCode.address_id == address_id, LinkCode.expires_at > now)
    return await session.scalar(found) is not None


async def redeem(session: AsyncSession, *, code: str, address_id: int, keyring: Keyring, now: datetime) -> Address:
    """The address that was shown this code, which is spent with it.

    Raises Forbidden where this address tried too often within the hour, NotFound where no other address has the code.
    """
    await _count(session, address_id, now)
    spent: int | None = await session.scalar(
        delete(LinkCode)
        .where(LinkCode.blind == _blind(keyring, code), LinkCode.expires_at > now, LinkCode.address_id != address_id)
        .returning(LinkCode.address_id)
    )
    if spent is None:
        raise NotFound("no other address was shown this code within its life")
    return await session.get_one(Address, spent)


async def add(session: AsyncSession, resident: Resident, *, channel: str, address: str, keyring: Keyring) -> Address:
    """A further address of a resident, that nobody has written from yet; it is reached by the channel's usual road."""
    newest = select(Address.road).where(Address.channel == channel).order_by(Address.id.desc()).limit(1)
    found = Address(
        resident_id=resident.id,
        channel=channel,
        road=await session.scalar(newest) or channel,
        prefix=prefix_of(address),
        blind_index=keyring.blind_index(channel, address),
        sealed=keyring.encipher(address, purpose="address"),
        state="active",
    )
    session.add(found)
    await session.flush()
    return found


async def forget(session: AsyncSession, address_ids: list[int]) -> None:
    """Forget the codes and tries of addresses."""
    for table in (LinkCode, LinkTry):
        await session.execute(delete(table).where(table.address_id.in_(address_ids)))


async def _count(session: AsyncSession, address_id: int, now: datetime) -> None:
    tried = await session.get(LinkTry, address_id)
    if tried is None:
        tried = LinkTry(address_id=address_id, since=now, count=0)
        session.add(tried)
    if now - tried.since >= _WINDOW:
        tried.since, tried.count = now, 0
    tried.count += 1
    await session.flush()
    if tried.count > TRIES:
        raise Forbidden("too many codes were tried from this address")


def _blind(keyring: Keyring, code: str) -> bytes:
    return keyring.blind_index("link", code)
