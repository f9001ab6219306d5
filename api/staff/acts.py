"""Actions on accounts and API tokens, shared by /v1 and the command line."""

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
    session: AsyncSession, data: InviteIn, *, who: str, keyring: Keyring, now: datetime
) -> tuple[Account, str]:
    """Invite somebody, with the requested rights if any. Return the account and the token of its one-time link.

    Raises Forbidden if the actor does not manage staff in the province.
    """
    # an account without rights belongs to no province: only who manages staff for the whole Region may create it
    province = (data.province or WHOLE_REGION) if data.permissions else WHOLE_REGION
    rights.require(Permission.MANAGE_STAFF, province or None)
    display_name = data.display_name or data.name
    account, token = await service.invite(
        session, data.name, display_name=display_name, language=data.language, who=who, keyring=keyring, now=now
    )
    if data.permissions:
        await grants.grant_new(session, account, grants.permissions_of(data.permissions), province, who=who, now=now)
    return account, token


async def reset(
    session: AsyncSession, name: str, data: ResetIn, *, who: str, keyring: Keyring, now: datetime
) -> tuple[Account, str]:
    """Remove an account's password. Return the account and the token of a link to set a new password."""
    account = await service.named(session, name)
    return account, await service.reset(session, account, factor=data.factor, who=who, keyring=keyring, now=now)


async def disable(session: AsyncSession, name: str, *, who: str, now: datetime) -> Member:
    """Disable an account: end its sessions and refuse further sign-ins."""
    account = await service.named(session, name)
    await service.disable(session, account, who=who, now=now)
    return await service.member(session, account)


async def grant(session: AsyncSession, name: str, data: GrantIn, *, who: str, now: datetime) -> Member:
    """Grant rights to an account."""
    account, permissions = await service.named(session, name), grants.permissions_of(data.permissions)
    await grants.grant(session, account, permissions, data.province or WHOLE_REGION, who=who, now=now)
    return await service.member(session, account)


async def revoke(session: AsyncSession, name: str, data: GrantIn, *, who: str, now: datetime) -> Member:
    """Revoke rights of an account."""
    account, permissions = await service.named(session, name), grants.permissions_of(data.permissions)
    await grants.revoke(session, account, permissions, data.province or WHOLE_REGION, who=who, now=now)
    return await service.member(session, account)


async def make_token(session: AsyncSession, data: TokenIn, *, who: str, now: datetime) -> tuple[Client, str]:
    """Create an API token. Return the token with its rights, and its secret value, which is shown only once."""
    permissions, province = grants.permissions_of(data.permissions), data.province or WHOLE_REGION
    lifetime = timedelta(days=data.days)
    token, value = await tokens.create(session, data.name, permissions, province, lasts=lifetime, who=who, now=now)
    return await tokens.client(session, token), value


async def revoke_token(session: AsyncSession, number: int, *, who: str, now: datetime) -> Client:
    """Revoke an API token. Requests with it are refused from now on."""
    return await tokens.client(session, await tokens.revoke(session, number, who=who, now=now))
