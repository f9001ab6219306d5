"""Sessions of staff, on the server: a random id kept as a hash, 30 minutes idle, 12 hours at most."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from api.security.networks import coarse
from api.staff.models import StaffSession

IDLE, MOST = timedelta(minutes=30), timedelta(hours=12)  # ASVS 7.3.1 and 7.3.2
FRESH = timedelta(minutes=10)  # how long a code of the second factor counts for what needs a fresh one
SEEN_EVERY = timedelta(minutes=1)  # no more often is it written that a session was used


def new_token() -> str:
    """256 random bits, as a cookie or a link holds them."""
    return secrets.token_urlsafe(32)


def hashed(token: str) -> bytes:
    """What is kept of a token: 256 random bits need no salt."""
    return hashlib.sha256(token.encode(errors="replace")).digest()


def is_alive(found: StaffSession | Row[Any], *, now: datetime) -> bool:
    """Whether a session still counts."""
    return now - found.seen_at < IDLE and now - found.made_at < MOST


def is_fresh(factor_at: datetime, *, now: datetime) -> bool:
    """Whether a code of the second factor was given a short while ago."""
    return now - factor_at < FRESH


async def begin(session: AsyncSession, account_id: int, *, address: str, failed: int, now: datetime) -> str:
    """A new session with an id of its own, whatever there was before; returns the id, which is kept nowhere."""
    token = new_token()
    session.add(
        StaffSession(
            token_hash=hashed(token), account_id=account_id, made_at=now, seen_at=now, factor_at=now,
            failed_before=failed, address=coarse(address),
        )
    )  # fmt: skip
    await session.flush()
    return token


async def touch(session: AsyncSession, token_hash: bytes, *, now: datetime) -> None:
    """Note that a session was used."""
    await session.execute(update(StaffSession).where(StaffSession.token_hash == token_hash).values(seen_at=now))


async def refresh(session: AsyncSession, token_hash: bytes, *, now: datetime) -> None:
    """Note that a code of the second factor was given in a session."""
    await session.execute(update(StaffSession).where(StaffSession.token_hash == token_hash).values(factor_at=now))


async def of_account(session: AsyncSession, account_id: int, *, now: datetime) -> Sequence[StaffSession]:
    """The sessions of an account that still count, the newest first."""
    rows = await session.scalars(
        select(StaffSession).where(StaffSession.account_id == account_id).order_by(StaffSession.made_at.desc())
    )
    return [each for each in rows if is_alive(each, now=now)]


async def end(session: AsyncSession, token_hash: bytes) -> None:
    """End a session."""
    await session.execute(delete(StaffSession).where(StaffSession.token_hash == token_hash))


async def end_all(session: AsyncSession, account_id: int, *, but: bytes = b"") -> None:
    """End every session of an account, `but` one of them."""
    others = StaffSession.account_id == account_id, StaffSession.token_hash != but
    await session.execute(delete(StaffSession).where(*others))
