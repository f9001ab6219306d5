"""Identities at a provider that are linked to accounts: link, list and remove them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from api import audit
from api.db import Database
from api.errors import Conflict, NotFound
from api.security.crypto import Keyring
from api.staff.models import Account
from api.staff.ways import challenges
from api.staff.ways.challenges import Aim
from api.staff.ways.models import Identity
from api.staff.ways.offered import IdentityProvider, Return


async def of_account(session: AsyncSession, account_id: int) -> Sequence[Identity]:
    """Return an account's linked identities, oldest first."""
    return list(await session.scalars(select(Identity).where(Identity.account_id == account_id).order_by(Identity.id)))


async def link(
    db: Database, provider: IdentityProvider, account_id: int, answer: Return, *, keyring: Keyring, now: datetime
) -> None:
    """Link the identity that the provider names to an account.

    Raises Invalid or Unproven if the answer is wrong. Raises Conflict if the identity or the account is linked already.
    Raises Unavailable if the provider does not answer.
    """
    value = challenges.opened(answer.cookie, Aim.LINK, account_id=account_id, keyring=keyring, now=now)
    claimed = await provider.claimed(answer, value, now=now)
    async with db.transaction() as session:
        account = await session.get_one(Account, account_id, with_for_update=True)
        same = or_(Identity.subject == claimed.subject, Identity.account_id == account_id)
        taken = (await session.scalars(select(Identity.id).where(Identity.issuer == provider.issuer, same))).first()
        if account.disabled_at is not None or taken is not None:
            raise Conflict("this identity or this account is already linked")
        if not await challenges.spend(session, value, now=now):
            raise Conflict("this response from the provider was already used")
        identity = Identity(account_id=account_id, issuer=provider.issuer, subject=claimed.subject, made_at=now)
        session.add(identity)
        await session.flush()
        await _note(session, account, "identity linked", identity.id, now=now)


async def remove(session: AsyncSession, account_id: int, number: int, *, now: datetime) -> None:
    """Remove an identity from an account. Raises NotFound."""
    own = Identity.id == number, Identity.account_id == account_id
    if await session.scalar(delete(Identity).where(*own).returning(Identity.id)) is None:
        raise NotFound(f"there is no identity {number}")
    await _note(session, await session.get_one(Account, account_id), "identity removed", number, now=now)


async def _note(session: AsyncSession, account: Account, act: str, number: int, *, now: datetime) -> None:
    subject = f"account {account.id}"
    await audit.note(session, who=account.name, act=act, subject=subject, now=now, about=f"identity {number}")
