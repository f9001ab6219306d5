"""Linking a second address to a person: a code shown on the one and sent from the other, or a number they share.

A code that is sent links nobody yet: whoever shows it is asked first. A number that the app vouches for needs no more.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

import structlog
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.errors import Forbidden, NotFound
from api.residents import link_tries
from api.residents.models import Address, Consent, LinkAsk, LinkCode, LinkTry, Resident
from api.routing.roads import prefix_of
from api.security.crypto import Keyring

PHONES = "sms"  # the channel whose addresses are phone numbers
LIFE = timedelta(minutes=15)
LENGTH = 6  # digits; with TRIES an hour, one address would need years to come upon one live code
TRIES = 5
CEILING = 500  # wrong codes in an hour of all together, after which codes are taken from nobody for a while
_ALARM = 100  # wrong codes of an hour, of all together, after each of which the log tells
_ORIGIN = "link try"

log = structlog.get_logger(__name__)


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


async def redeem(session: AsyncSession, *, code: str, by: Address, keyring: Keyring, now: datetime) -> Address:
    """The address that was shown this code, which is spent with it; `by` is the one that sent it.

    Raises Forbidden where this address tried too often within the hour, or all together did; NotFound where no other
    address has the code.
    """
    if await link_tries.count(session, keyring.blind_index(_ORIGIN, by.blind_index.hex()), now) > TRIES:
        raise Forbidden("too many codes were tried from this address")
    if await link_tries.wrong(session, now) >= CEILING:
        raise Forbidden("too many wrong codes were tried by all together")
    spent: int | None = await session.scalar(
        delete(LinkCode)
        .where(LinkCode.blind == _blind(keyring, code), LinkCode.expires_at > now, LinkCode.address_id != by.id)
        .returning(LinkCode.address_id)
    )
    if spent is None:
        wrong = await link_tries.count(session, link_tries.ALL, now)
        if wrong % _ALARM == 0:
            log.warning("wrong link codes this hour", count=wrong)
        raise NotFound("no other address was shown this code within its life")
    return await session.get_one(Address, spent)


async def ask(session: AsyncSession, *, shown: Address, by: Address, now: datetime) -> None:
    """Note that whoever was shown a code is asked about the address that sent it; the question lives for LIFE."""
    await session.execute(delete(LinkAsk).where((LinkAsk.expires_at <= now) | (LinkAsk.address_id == shown.id)))
    session.add(LinkAsk(address_id=shown.id, by_address_id=by.id, expires_at=now + LIFE))
    await session.flush()


async def asked(session: AsyncSession, *, address_id: int, now: datetime) -> Address | None:
    """The address that this one is asked about; None where it is asked nothing, or any more.

    Nor is it where either side refused, stopped or blocked us since: a yes links nothing then.
    """
    question = await session.scalar(select(LinkAsk).where(LinkAsk.address_id == address_id, LinkAsk.expires_at > now))
    if question is None:
        return None
    left = (
        select(Consent.id)
        .join(Address, Address.resident_id == Consent.resident_id)
        .where(Address.id.in_((question.address_id, question.by_address_id)))
        .where(Consent.granted.is_(False), Consent.given_at >= question.expires_at - LIFE)
    )
    if await session.scalar(left.limit(1)) is not None:
        return None
    return await session.get(Address, question.by_address_id)


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
    """Forget the codes of addresses, and what they are asked or others are asked about them. Their tries stay."""
    await session.execute(delete(LinkCode).where(LinkCode.address_id.in_(address_ids)))
    theirs = LinkAsk.address_id.in_(address_ids) | LinkAsk.by_address_id.in_(address_ids)
    await session.execute(delete(LinkAsk).where(theirs))


async def forget_old(session: AsyncSession, *, now: datetime) -> None:
    """Forget the tries of an hour gone by, and what was asked and not answered."""
    await session.execute(delete(LinkTry).where(LinkTry.since <= now - link_tries.WINDOW))
    await session.execute(delete(LinkAsk).where(LinkAsk.expires_at <= now))


def _blind(keyring: Keyring, code: str) -> bytes:
    return keyring.blind_index("link", code)
