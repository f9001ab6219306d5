"""Waits after failed sign-ins. They grow with each failure, but never lock the owner of an account out.

Failures are counted for each network address, for each account, and for each pair of an address and an account.

No wait depends on an account alone: anybody who knows its name could lock its owner out. Instead, addresses must wait.
After failures at one account, an address waits before it tries that account again. After many failures, it waits before
it tries any account.

While an account is under attack, each address has one free try instead of three. The owner can still sign in from an
address without failures. An attacker with a thousand addresses has only a thousand tries, and each must guess a
password and a code of six digits.
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

FREE, FREE_UNDER_ATTACK = 3, 1  # failed tries of one account from one address, before a wait
FREE_OF_ADDRESS = 10  # failed tries of all accounts from one address, which an office may share
ATTACK = 20  # failed tries from all addresses that put an account under attack
LONGEST = 900  # seconds to wait at most
FORGOTTEN = timedelta(days=1)  # failures no longer count so long after the last one
_INDEX = "sign-in failure"
_PLAIN = {"synchronize_session": False}  # these rows are never loaded as objects


class MustWait(Forbidden):
    """Too many tries failed from this address."""

    def __init__(self, seconds: int) -> None:
        """Store how many `seconds` to wait before the next try."""
        super().__init__(f"too many failed tries: wait {seconds} seconds")
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class Failures:
    """The number of failed tries and the time of the last one."""

    count: int = 0
    last: datetime | None = None


def wait(*, pair: Failures, address: Failures, account: Failures, now: datetime) -> int:
    """Return how many seconds to wait before the next try. If no wait is needed, return 0."""
    free = FREE_UNDER_ATTACK if account.count >= ATTACK else FREE
    return max(_left(pair, free, now), _left(address, FREE_OF_ADDRESS, now))


def _left(failures: Failures, free: int, now: datetime) -> int:
    """Return how many seconds to wait after these failures. The first `free` of them cause no wait."""
    if failures.last is None or failures.count < free or now - failures.last >= FORGOTTEN:
        return 0
    least = min(2 ** min(failures.count - free, 20), LONGEST)
    return max(0, -int((now - failures.last - timedelta(seconds=least)).total_seconds() // 1))


@dataclass(frozen=True, slots=True)
class Attempt:
    """A try to sign in, represented by the three keys under which a failure is counted."""

    pair: bytes
    address: bytes
    account: bytes

    @classmethod
    def of(cls, shape: str, address: str, keyring: Keyring) -> Attempt:
        """Return the keys of a try from an address at an account, which need not exist.

        `shape` is the name of the account, simplified by `actors.shape_of`.
        """
        return cls(*(keyring.blind_index(_INDEX, each) for each in (f"{shape}\0{address}", f"\0{address}", shape)))


async def charge(session: AsyncSession, attempt: Attempt, *, now: datetime) -> int:
    """Count a try as failed before its password is checked, so that parallel tries cannot bypass the limit.

    Returns the number of failures at the account, with this one. Raises MustWait.
    """
    keys = (attempt.pair, attempt.address, attempt.account)
    failures = {key: await _locked(session, key, now) for key in sorted(keys)}  # sorted: no deadlock
    pair, of_address, account = (failures[key] for key in keys)
    seconds = wait(pair=pair, address=of_address, account=account, now=now)
    if seconds:
        raise MustWait(seconds)
    for key, before in failures.items():
        row = update(SignInFailure).where(SignInFailure.key == key)
        await session.execute(row.values(failed=before.count + 1, at=now), execution_options=_PLAIN)
    return account.count + 1


async def _locked(session: AsyncSession, key: bytes, now: datetime) -> Failures:
    """Lock the counter with this key until the transaction ends, and return its failures."""
    row = insert(session)(SignInFailure).values(key=key, failed=0, at=now)
    locked = row.on_conflict_do_update(index_elements=("key",), set_={"failed": SignInFailure.failed})
    counted = locked.returning(SignInFailure.failed, SignInFailure.at)
    failed, at = (await session.execute(counted, execution_options=_PLAIN)).one()
    return Failures(failed, at) if failed and now - at < FORGOTTEN else Failures()


async def clear(session: AsyncSession, attempt: Attempt, *, now: datetime) -> int:
    """After a successful try, clear the earlier failures. Return how many there were at the account."""
    keys = (attempt.pair, attempt.address, attempt.account)
    failures = {key: await _locked(session, key, now) for key in sorted(keys)}
    over = delete(SignInFailure).where(SignInFailure.key.in_((attempt.pair, attempt.account)))
    await session.execute(over, execution_options=_PLAIN)
    # the address keeps its failures at other accounts
    address = update(SignInFailure).where(SignInFailure.key == attempt.address)
    left = max(0, failures[attempt.address].count - 1)
    await session.execute(address.values(failed=left), execution_options=_PLAIN)
    return max(0, failures[attempt.account].count - 1)  # `charge` counted this try, too
