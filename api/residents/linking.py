"""Link a second address to a resident who has proved that it is theirs.

The proof is a code that is shown on one address and sent from the other. Sending the code does not link anything yet:
the person to whom the code was shown must confirm. A number that the Telegram app has verified needs no code.
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
from api.residents.states import AddressState
from api.routing.roads import prefix_of
from api.security.crypto import Keyring

PHONES = "sms"  # the channel whose addresses are phone numbers
LIFE = timedelta(minutes=15)  # how long a code is valid, and how long the question whether to link stays open
LENGTH = 6  # digits; with TRIES an hour, one address would need years to guess a valid code
TRIES = 5  # codes that one address may try in an hour
CEILING = 500  # wrong codes in an hour by all addresses together; from then on no code is accepted
_ALARM = 100  # log a warning at each multiple of this many wrong codes an hour
_ORIGIN = "link try"

log = structlog.get_logger(__name__)


async def create_code(session: AsyncSession, *, address_id: int, keyring: Keyring, now: datetime) -> str:
    """Create a linking code for this address, replacing its old code. The code can be used once, within LIFE."""
    gone = (LinkCode.expires_at <= now) | (LinkCode.address_id == address_id)
    await session.execute(delete(LinkCode).where(gone))
    while True:
        code = f"{secrets.randbelow(10**LENGTH):0{LENGTH}}"
        if await session.get(LinkCode, _blind(keyring, code)) is None:
            break
    session.add(LinkCode(blind=_blind(keyring, code), address_id=address_id, expires_at=now + LIFE))
    await session.flush()
    return code


async def has_code(session: AsyncSession, *, address_id: int, now: datetime) -> bool:
    """Return whether this address was shown a code that is still valid."""
    code = select(LinkCode.blind).where(LinkCode.address_id == address_id, LinkCode.expires_at > now)
    return await session.scalar(code) is not None


async def redeem(session: AsyncSession, *, code: str, by: Address, keyring: Keyring, now: datetime) -> Address:
    """Redeem a linking code that the address `by` sent; return the address on which the code was shown.

    The code cannot be used again. Raises Forbidden if this address, or all addresses together, tried too many codes
    within the hour. Raises NotFound if no other address has this code.
    """
    if await link_tries.count(session, keyring.blind_index(_ORIGIN, by.blind_index.hex()), now) > TRIES:
        raise Forbidden("this address sent too many wrong codes: try again later")
    if await link_tries.wrong_tries(session, now) >= CEILING:
        raise Forbidden("too many wrong codes were sent: try again later")
    spent: int | None = await session.scalar(
        delete(LinkCode)
        .where(LinkCode.blind == _blind(keyring, code), LinkCode.expires_at > now, LinkCode.address_id != by.id)
        .returning(LinkCode.address_id)
    )
    if spent is None:
        wrong = await link_tries.count(session, link_tries.ALL, now)
        if wrong % _ALARM == 0:
            log.warning("linking.wrong_codes", count=wrong)
        raise NotFound("this code is wrong or has expired")
    return await session.get_one(Address, spent)


async def ask(session: AsyncSession, *, shown: Address, by: Address, now: datetime) -> None:
    """Ask the owner of `shown` whether the address `by`, which sent their code, is also theirs.

    The question expires after LIFE.
    """
    await session.execute(delete(LinkAsk).where((LinkAsk.expires_at <= now) | (LinkAsk.address_id == shown.id)))
    session.add(LinkAsk(address_id=shown.id, by_address_id=by.id, expires_at=now + LIFE))
    await session.flush()


async def pending(session: AsyncSession, *, address_id: int, now: datetime) -> Address | None:
    """Return the address that the owner of `address_id` is asked to link, if a question is open.

    If the owner of either address refused, stopped or blocked the service after the question, it is void.
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
    """Add an address to a resident, although no message came from it yet.

    Messages to it use the road (delivery route) of the newest address on this channel.
    """
    newest = select(Address.road).where(Address.channel == channel).order_by(Address.id.desc()).limit(1)
    added = Address(
        resident_id=resident.id,
        channel=channel,
        road=await session.scalar(newest) or channel,
        prefix=prefix_of(address),
        blind_index=keyring.blind_index(channel, address),
        sealed=keyring.encipher(address, purpose="address"),
        state=AddressState.ACTIVE,
    )
    session.add(added)
    await session.flush()
    return added


async def forget(session: AsyncSession, address_ids: list[int]) -> None:
    """Delete the codes of these addresses and the open questions to or about them. Counts of tries stay."""
    await session.execute(delete(LinkCode).where(LinkCode.address_id.in_(address_ids)))
    questions = LinkAsk.address_id.in_(address_ids) | LinkAsk.by_address_id.in_(address_ids)
    await session.execute(delete(LinkAsk).where(questions))


async def forget_old(session: AsyncSession, *, now: datetime) -> None:
    """Delete counts of tries older than an hour, and questions that have expired."""
    await session.execute(delete(LinkTry).where(LinkTry.since <= now - link_tries.WINDOW))
    await session.execute(delete(LinkAsk).where(LinkAsk.expires_at <= now))


def _blind(keyring: Keyring, code: str) -> bytes:
    return keyring.blind_index("link", code)
