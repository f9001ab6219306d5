"""What is done with accounts and tokens, by name and as it is written: the same for every door."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from api.security import rights
from api.security.crypto import Keyring
from api.security.rights import WHOLE_REGION, Permission
from api.staff import grants, service, tokens
from api.staff.models import Account
from api.staff.schemas import GrantIn, InviteIn, ResetIn, TokenIn
from api.staff.service import Member
from api.staff.tokens import Client


async def invite(
    session: AsyncSession, given: InviteIn, *, who: str, keyring: Keyring, now: datetime
) -> tuple[Account, str]:
    """Invite somebody, with rights if any are named; returns the token of their link, which nobody can read again.

    Raises Forbidden: without rights in a province, an account is the Region's.
    """
    where = (given.province or WHOLE_REGION) if given.permissions else WHOLE_REGION
    rights.require(Permission.MANAGE_STAFF, where or None)
    shown = given.display_name or given.name
    account, token = await service.invite(
        session, given.name, display_name=shown, language=given.language, who=who, keyring=keyring, now=now
    )
    if given.permissions:
        await grants.give(session, account, grants.permissions_of(given.permissions), where, who=who, now=now)
    return account, token


async def reset(
    session: AsyncSession, name: str, given: ResetIn, *, who: str, keyring: Keyring, now: datetime
) -> tuple[Account, str]:
    """Take a password away; returns the token of the link by which a new one is set."""
    account = await service.named(session, name)
    return account, await service.reset(session, account, factor=given.factor, who=who, keyring=keyring, now=now)


async def disable(session: AsyncSession, name: str, *, who: str, now: datetime) -> Member:
    """Let an account in no more."""
    account = await service.named(session, name)
    await service.disable(session, account, who=who, now=now)
    return await service.member(session, account)


async def grant(session: AsyncSession, name: str, given: GrantIn, *, who: str, now: datetime) -> Member:
    """Give rights."""
    account, permissions = await service.named(session, name), grants.permissions_of(given.permissions)
    await grants.grant(session, account, permissions, given.province or WHOLE_REGION, who=who, now=now)
    return await service.member(session, account)


async def revoke(session: AsyncSession, name: str, given: GrantIn, *, who: str, now: datetime) -> Member:
    """Take rights away."""
    account, permissions = await service.named(session, name), grants.permissions_of(given.permissions)
    await grants.revoke(session, account, permissions, given.province or WHOLE_REGION, who=who, now=now)
    return await service.member(session, account)


async def make_token(session: AsyncSession, given: TokenIn, *, who: str, now: datetime) -> tuple[Client, str]:
    """Let a client in; returns its token, which nobody can read again."""
    permissions, where = grants.permissions_of(given.permissions), given.province or WHOLE_REGION
    lasts = timedelta(days=given.days)
    made, value = await tokens.create(session, given.name, permissions, where, lasts=lasts, who=who, now=now)
    return await tokens.client(session, made), value


async def revoke_token(session: AsyncSession, number: int, *, who: str, now: datetime) -> Client:
    """Let a client in no more."""
    return await tokens.client(session, await tokens.revoke(session, number, who=who, now=now))
