"""Waits after failed sign-ins, by address and account: they grow, and never shut an owner out.

An account alone is never made to wait: whoever knows its name could lock its owner out. What waits is an address, and
an account *from* an address. While an account is under attack each address has one try in place of three, so the owner
comes in from any address that has not failed, and a thousand addresses have a thousand tries, each against a password
and a code of six digits.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, update
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
_PLAIN = {"synchronize_session": False}  # no object stands for these rows


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


async def charge(session: AsyncSession, attempt: Attempt, *, now: datetime) -> int:
    """Count a try as failed before it is looked at, so that many at once are no way around. Raises MustWait.

    Returns how many failed at the account, this one included.
    """
    keys = (attempt.pair, attempt.address, attempt.account)
    found = {key: await _locked(session, key, now) for key in sorted(keys)}  # always in this order: no deadlock
    pair, of_address, account = (found[key] for key in keys)
    seconds = wait(pair=pair, address=of_address, account=account, now=now)
    if seconds:
        raise MustWait(seconds)
    for key, before in found.items():
        row = update(SignInFailure).where(SignInFailure.key == key)
        await session.execute(row.values(failed=before.count + 1, at=now), execution_options=_PLAIN)
    return account.count + 1


async def _locked(session: AsyncSession, key: bytes, now: datetime) -> Failures:
    """What counts under a key, which nobody else changes until this transaction ends, there before or not."""
    row = insert(session)(SignInFailure).values(key=key, failed=0, at=now)
    locked = row.on_conflict_do_update(index_elements=("key",), set_={"failed": SignInFailure.failed})
    counted = locked.returning(SignInFailure.failed, SignInFailure.at)
    failed, at = (await session.execute(counted, execution_options=_PLAIN)).one()
    return Failures(failed, at) if failed and now - at < FORGOTTEN else Failures()


async def settle(session: AsyncSession, attempt: Attempt, *, now: datetime) -> int:
    """A try went well: take it back. Returns how many failed at this account since the last that went well."""
    keys = (attempt.pair, attempt.address, attempt.account)
    found = {key: await _locked(session, key, now) for key in sorted(keys)}
    over = delete(SignInFailure).where(SignInFailure.key.in_((attempt.pair, attempt.account)))
    await session.execute(over, execution_options=_PLAIN)
    address = update(SignInFailure).where(SignInFailure.key == attempt.address)
    left = max(0, found[attempt.address].count - 1)
    await session.execute(address.values(failed=left), execution_options=_PLAIN)
    return max(0, found[attempt.account].count - 1)
