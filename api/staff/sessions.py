"""Sessions of signed-in staff. The server stores each session under the hash of its random id.

A session ends after 30 minutes without use, or after 12 hours.
"""

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

PREFIX = "sawt_session_"  # of a session that serves as a bearer token; lets secret scanners find one
IDLE, MOST = timedelta(minutes=30), timedelta(hours=12)  # ASVS 7.3.1 and 7.3.2
FRESH = timedelta(minutes=10)  # how long a second-factor code counts as fresh
SEEN_EVERY = timedelta(minutes=1)  # how often the last use of a session is recorded at most


def new_token() -> str:
    """Return 256 random bits as text, for a cookie or a link."""
    return secrets.token_urlsafe(32)


def hashed(token: str) -> bytes:
    """Return the hash under which a token is stored. Tokens are random, so no salt is needed."""
    return hashlib.sha256(token.encode(errors="replace")).digest()


def is_alive(row: StaffSession | Row[Any], *, now: datetime) -> bool:
    """Return whether a session has not expired."""
    return now - row.seen_at < IDLE and now - row.made_at < MOST


def is_fresh(factor_at: datetime, *, now: datetime) -> bool:
    """Return whether a second-factor code was entered recently enough for protected actions."""
    return now - factor_at < FRESH


async def begin(session: AsyncSession, account_id: int, *, address: str, failed: int, now: datetime) -> str:
    """Start a session with a new random id, and return the id. Only its hash is stored."""
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
    """Record that a session is in use at the time `now`."""
    await session.execute(update(StaffSession).where(StaffSession.token_hash == token_hash).values(seen_at=now))


async def refresh(session: AsyncSession, token_hash: bytes, *, now: datetime) -> None:
    """Record that a second-factor code was entered in a session."""
    await session.execute(update(StaffSession).where(StaffSession.token_hash == token_hash).values(factor_at=now))


async def of_account(session: AsyncSession, account_id: int, *, now: datetime) -> Sequence[StaffSession]:
    """Return an account's sessions that have not expired, the newest first."""
    rows = await session.scalars(
        select(StaffSession).where(StaffSession.account_id == account_id).order_by(StaffSession.made_at.desc())
    )
    return [each for each in rows if is_alive(each, now=now)]


async def end(session: AsyncSession, token_hash: bytes) -> None:
    """End a session."""
    await session.execute(delete(StaffSession).where(StaffSession.token_hash == token_hash))


async def end_all(session: AsyncSession, account_id: int, *, but: bytes = b"") -> None:
    """End every session of an account, except the one with the hash `but`."""
    others = StaffSession.account_id == account_id, StaffSession.token_hash != but
    await session.execute(delete(StaffSession).where(*others))
