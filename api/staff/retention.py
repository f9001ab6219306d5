"""Delete sign-in data that is no longer needed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from api.staff import sessions
from api.staff.back_off import FORGOTTEN
from api.staff.models import SignInFailure, SignInLink, StaffSession


async def expire(session: AsyncSession, *, now: datetime) -> None:
    """Delete expired sessions and links, and failed sign-ins that no longer count."""
    dead = (StaffSession.made_at <= now - sessions.MOST) | (StaffSession.seen_at <= now - sessions.IDLE)
    await session.execute(delete(StaffSession).where(dead))
    await session.execute(delete(SignInLink).where(SignInLink.expires_at <= now))
    await session.execute(delete(SignInFailure).where(SignInFailure.at <= now - FORGOTTEN))
