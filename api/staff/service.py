"""Create, invite, list, disable and reset accounts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from api import actors, audit
from api.errors import Conflict, Forbidden, Invalid, NotFound
from api.pagination import FIRST_PAGE, Key, Order, PageRequest, PageRows
from api.security import rights
from api.security.crypto import Keyring
from api.security.rights import EVERYTHING, WHOLE_REGION, Permission
from api.staff import grants, links, sessions, tokens
from api.staff.models import FIRST, INVITATION, NEW_FACTOR, RESET, Account, ApiToken, Credential, Grant
from api.staff.ways import removal

Language = Literal["ar", "fr"]
_ORDER = Order("accounts", Key(Account.id))


@dataclass(frozen=True, slots=True)
class Member:
    """An account with its rights."""

    account: Account
    grants: Mapping[Permission, frozenset[str]]
    accepted: bool  # the account's first link was accepted


async def named(session: AsyncSession, name: str) -> Account:
    """Return the account with this name, or with a similar-looking one. Raises NotFound."""
    account = await session.scalar(select(Account).where(Account.shape == actors.shape_of(name[: actors.LONGEST])))
    if account is None:
        raise NotFound(f"there is no account {name}")
    return account


async def create_first(
    session: AsyncSession, name: str, *, display_name: str = "", language: Language = "fr", keyring: Keyring,
    now: datetime,
) -> tuple[Account, str]:  # fmt: skip
    """Create the first account, with every right. Return the account and the token of its one-time link.

    Raises Conflict if any account has already been set up.
    """
    if await session.scalar(select(func.count()).select_from(Credential)):
        raise Conflict("accounts already exist: someone who manages staff can invite others with `sawt staff invite`")
    account = await _add(session, name, display_name, language, who=actors.SERVICE, now=now)
    session.add_all(Grant(account_id=account.id, permission=each, province=WHOLE_REGION) for each in EVERYTHING)
    await session.flush()
    return account, await links.make(session, account, FIRST, keyring=keyring, now=now)


async def invite(
    session: AsyncSession, name: str, *, display_name: str = "", language: Language = "fr", who: str, keyring: Keyring,
    now: datetime,
) -> tuple[Account, str]:  # fmt: skip
    """Create an account without rights. Return it and the token of its link. Raises Conflict if the name is taken."""
    account = await _add(session, name, display_name, language, who=who, now=now)
    return account, await links.make(session, account, INVITATION, keyring=keyring, now=now)


async def disable(session: AsyncSession, account: Account, *, who: str, now: datetime) -> None:
    """Disable an account: end its sessions, remove its passkeys and linked identities, revoke tokens that it created.

    Raises Conflict if it is already disabled or if too few people would manage staff.
    """
    if account.disabled_at is not None:
        raise Conflict(f"{account.name} is already disabled")
    await grants.may_touch(session, account)
    await grants.keep_managers(session, account.id)
    account.disabled_at = now
    await sessions.end_all(session, account.id)
    await removal.remove_all(session, account.id)
    await tokens.revoke_made_by(session, account.name, who=who, now=now)
    await _note(session, account, "account disabled", who=who, now=now)


async def reset(
    session: AsyncSession, account: Account, *, factor: bool = False, who: str, keyring: Keyring, now: datetime
) -> str:
    """Remove an account's password and end its sessions. Return the token of a link to set a new password.

    With `factor`, the link also renews the second factor, and passkeys and linked identities are removed. A reset also
    enables a disabled account. Raises Forbidden for the actor's own account.
    """
    if actors.same(who, account.name):  # a stolen session could otherwise take the account over for good
        raise Forbidden("you cannot reset your own account: use /console/password, or ask someone else")
    await grants.may_touch(session, account)
    credential = await session.get(Credential, account.id, with_for_update=True)
    if credential is not None:
        credential.password = None
    account.disabled_at = None
    await sessions.end_all(session, account.id)
    kind = INVITATION if credential is None else NEW_FACTOR if factor else RESET
    if kind != RESET:
        await removal.remove_all(session, account.id)
    await _note(session, account, "account reset", who=who, now=now, about=kind)
    return await links.make(session, account, kind, keyring=keyring, now=now)


async def listed(session: AsyncSession, page: PageRequest = FIRST_PAGE) -> PageRows[Member]:
    """List accounts with their rights, the oldest first. Managers of a province see the accounts with rights there."""
    statement, provinces = select(Account), rights.visible([Permission.MANAGE_STAFF])
    if provinces is not None:
        statement = statement.where(Account.id.in_(select(Grant.account_id).where(Grant.province.in_(provinces))))
    rows = await _ORDER.read(session, statement, page)
    ids = [each.id for each in rows.items]
    granted = await grants.of_accounts(session, ids)
    accepted = set(await session.scalars(select(Credential.account_id).where(Credential.account_id.in_(ids))))
    return rows.map(lambda each: Member(each, granted.get(each.id, {}), each.id in accepted))


async def member(session: AsyncSession, account: Account) -> Member:
    """Return an account with its rights."""
    granted = await grants.of_accounts(session, [account.id])
    return Member(account, granted.get(account.id, {}), await session.get(Credential, account.id) is not None)


async def _add(
    session: AsyncSession, name: str, display_name: str, language: Language, *, who: str, now: datetime
) -> Account:
    """Add an account. Raises Invalid if the name contains a slash, Conflict if the name is taken."""
    if "/" in name:
        raise Invalid("a name cannot contain a slash, because names are part of URLs in /v1", field="name")
    shape = actors.shape_of(name)
    clients = await session.scalars(select(ApiToken.name).where(ApiToken.revoked_at.is_(None)))
    if await session.scalar(select(Account.id).where(Account.shape == shape)) or actors.among(name, clients):
        raise Conflict(f"the name {name} is already taken, or looks like a name that is taken")
    account = Account(
        name=name, shape=shape, display_name=display_name or name, language=language, made_at=now, made_by=who
    )
    session.add(account)
    await session.flush()
    await _note(session, account, "account made", who=who, now=now)
    return account


async def _note(
    session: AsyncSession, account: Account, act: str, *, who: str, now: datetime, about: str | None = None
) -> None:
    await audit.note(session, who=who, act=act, subject=f"account {account.id}", now=now, about=about)
