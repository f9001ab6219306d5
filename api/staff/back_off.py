"""Waits after failed sign-ins, by address and account: they grow, and never shut an owner out.

An account alone is never made to wait: whoever knows its name could lock its owner out. What waits is an address, and
an account *from* an address. While an account is under attack each address has one try in place of three, so the owner
comes in from any address that has not failed, and a thousand addresses have a thousand tries, each against a password
and a code of six digits.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network

from sqlalchemy import Select, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.db import insert
from api.errors import Forbidden
from api.security.crypto import Keyring
from api.staff.models import SignInFailure

FREE, FREE_UNDER_ATTACK = 3, 1  # tries of an account from one address before it waits
FREE_OF_ADDRESS = 10  # of all accounts from one address: an office may share it
ATTACK = 20  # failed tries of an account, from wherever, from which on it is under attack
LONGEST = 900  # seconds
FORGOTTEN = timedelta(days=1)  # after the last failed try
_INDEX = "sign-in failure"


class MustWait(Forbidden):
    """Too many tries failed from there."""

    def __init__(self, seconds: int) -> None:
        """`seconds` are those to wait."""
        super().__init__(f"too many tries: wait {seconds} seconds")
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class Failures:
    """How many tries failed, and when the last one did."""

    count: int = 0
    last: datetime | None = None


def wait(*, pair: Failures, address: Failures, account: Failures, now: datetime) -> int:
    """Seconds to wait before the next try: 0 if it may be made now."""
    free = FREE_UNDER_ATTACK if account.count >= ATTACK else FREE
    return max(_left(pair, free, now), _left(address, FREE_OF_ADDRESS, now))


def _left(found: Failures, free: int, now: datetime) -> int:
    if found.last is None or found.count < free or now - found.last >= FORGOTTEN:
        return 0
    least = min(2 ** min(found.count - free, 20), LONGEST)
    return max(0, -int((now - found.last - timedelta(seconds=least)).total_seconds() // 1))


def network_of(address: str) -> str:
    """Whose address it is: one of IPv4, or a network of IPv6, as who has one of those has all of it (RFC 6177)."""
    try:
        found = ip_address(address)
    except ValueError:
        return ""
    return str(found if found.version == 4 else ip_network((found, 64), strict=False).network_address)


@dataclass(frozen=True, slots=True)
class Attempt:
    """A try to sign in: the keys under which its failure is counted."""

    pair: bytes
    address: bytes
    account: bytes

    @classmethod
    def of(cls, shape: str, address: str, keyring: Keyring) -> Attempt:
        """By the account's name as it is compared, there or not, and the network it comes from."""
        return cls(*(keyring.blind_index(_INDEX, each) for each in (f"{shape}\0{address}", f"\0{address}", shape)))


async def charge(session: AsyncSession, attempt: Attempt, *, now: datetime) -> None:
    """Count a try as failed before it is looked at, so that many at once are no way around. Raises MustWait."""
    keys = (attempt.pair, attempt.address, attempt.account)
    for key in sorted(keys):  # so that there is something to lock
        row = insert(session)(SignInFailure).values(key=key, failed=0, at=now)
        await session.execute(row.on_conflict_do_nothing())
    rows = {row.key: row for row in await session.scalars(_locked(keys))}
    known = [_failures(rows[key], now) for key in keys]
    seconds = wait(pair=known[0], address=known[1], account=known[2], now=now)
    if seconds:
        raise MustWait(seconds)
    for key, before in zip(keys, known, strict=True):
        rows[key].failed, rows[key].at = before.count + 1, now
    await session.flush()


def _failures(row: SignInFailure, now: datetime) -> Failures:
    """What counts of a row."""
    return Failures(row.failed, row.at) if row.failed and now - row.at < FORGOTTEN else Failures()


def _locked(keys: tuple[bytes, ...]) -> Select[SignInFailure]:
    """The rows of these keys, locked in one order: two tries at once never wait for each other."""
    wanted = select(SignInFailure).where(SignInFailure.key.in_(keys)).order_by(SignInFailure.key)
    return wanted.with_for_update().execution_options(populate_existing=True)


async def settle(session: AsyncSession, attempt: Attempt) -> int:
    """A try went well: take it back. Returns how many failed at this account since the last that went well."""
    count = select(func.coalesce(func.max(SignInFailure.failed), 1)).where(SignInFailure.key == attempt.account)
    failed = (await session.scalars(count)).one() - 1
    gone = SignInFailure.key.in_((attempt.pair, attempt.account))
    await session.execute(delete(SignInFailure).where(gone).execution_options(synchronize_session=False))
    address = await session.get(SignInFailure, attempt.address, with_for_update=True, populate_existing=True)
    if address is not None:
        address.failed -= 1
    return max(0, failed)
