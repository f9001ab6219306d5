"""Remove every further way to sign in of an account."""

from __future__ import annotations

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from api.staff.ways.models import Identity, Passkey


async def remove_all(session: AsyncSession, account_id: int) -> None:
    """Remove an account's passkeys and linked identities, because a thief may have added one of them."""
    await session.execute(delete(Passkey).where(Passkey.account_id == account_id))
    await session.execute(delete(Identity).where(Identity.account_id == account_id))
