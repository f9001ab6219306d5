"""Accounts: made, invited, listed, disabled, and let in again by a new link."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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

Language = Literal["ar", "fr"]
_ORDER = Order("accounts", Key(Account.id))


@dataclass(frozen=True, slots=True)
class Member:
    """An account as lists show it."""

    account: Account
    grants: Mapping[Permission, frozenset[str]]
    accepted: bool  # its sign-in was set up


async def named(session: AsyncSession, name: str) -> Account:
    """The account of a name, however it is spelled. Raises NotFound."""
    found = await session.scalar(select(Account).where(Account.shape == actors.shape_of(name[: actors.LONGEST])))
    if found is None:
        raise NotFound(f"there is no account {name}")
    return found


async def create_first(
    session: AsyncSession, name: str, *, display_name: str = "", language: Language = "fr", keyring: Keyring,
    now: datetime,
) -> tuple[Account, str]:  # fmt: skip
    """The first account, which may do everything; returns it with the token of its link.

    Raises Conflict if there is one that was set up: whoever manages staff invites the others.
    """
    if await session.scalar(select(func.count()).select_from(Credential)):
        raise Conflict("there are accounts already: whoever manages staff invites others with `sawt staff invite`")
    account = await _add(session, name, display_name, language, who=actors.SERVICE, now=now)
    session.add_all(Grant(account_id=account.id, permission=each, province=WHOLE_REGION) for each in EVERYTHING)
    await session.flush()
    return account, await links.make(session, account, FIRST, keyring=keyring, now=now)


async def invite(
    session: AsyncSession, name: str, *, display_name: str = "", language: Language = "fr", who: str, keyring: Keyring,
    now: datetime,
) -> tuple[Account, str]:  # fmt: skip
    """A new account without any right; returns it with the token of its link. Raises Conflict if the name is taken."""
    account = await _add(session, name, display_name, language, who=who, now=now)
    return account, await links.make(session, account, INVITATION, keyring=keyring, now=now)


async def disable(session: AsyncSession, account: Account, *, who: str, now: datetime) -> None:
    """Let an account in no more, at once: its sessions end, and no token that it made counts any more.

    Raises Conflict if too few would manage staff.
    """
    if account.disabled_at is not None:
        raise Conflict(f"{account.name} is disabled")
    await grants.may_touch(session, account)
    await grants.keep_managers(session, account.id)
    account.disabled_at = now
    await sessions.end_all(session, account.id)
    await tokens.revoke_made_by(session, account.name, who=who, now=now)
    await _note(session, account, "account disabled", who=who, now=now)


async def reset(
    session: AsyncSession, account: Account, *, factor: bool = False, who: str, keyring: Keyring, now: datetime
) -> str:
    """Take an account's password away and end its sessions; returns the token of a link by which it sets a new one.

    The second factor stays, unless its owner has lost it (`factor`): then the link sets up both. A disabled account
    is enabled by this. Raises Forbidden: nobody resets themselves, or whoever took over a session for a moment had the
    account for good.
    """
    if actors.same(who, account.name):
        raise Forbidden(
            "nobody resets their own account: change the password at /console/password, or ask somebody else"
        )
    await grants.may_touch(session, account)
    kept = await session.get(Credential, account.id, with_for_update=True)
    if kept is not None:
        kept.password = None
    account.disabled_at = None
    await sessions.end_all(session, account.id)
    kind = INVITATION if kept is None else NEW_FACTOR if factor else RESET
    await _note(session, account, "account reset", who=who, now=now, about=kind)
    return await links.make(session, account, kind, keyring=keyring, now=now)


async def listed(session: AsyncSession, asked: PageRequest = FIRST_PAGE) -> PageRows[Member]:
    """Accounts in the order they were made, and what they may do; to who manages a province, those of it."""
    wanted, where = select(Account), rights.visible([Permission.MANAGE_STAFF])
    if where is not None:
        wanted = wanted.where(Account.id.in_(select(Grant.account_id).where(Grant.province.in_(where))))
    found = await _ORDER.read(session, wanted, asked)
    ids = [each.id for each in found.items]
    held = await grants.of_accounts(session, ids)
    accepted = set(await session.scalars(select(Credential.account_id).where(Credential.account_id.in_(ids))))
    return found.map(lambda each: Member(each, held.get(each.id, {}), each.id in accepted))


async def member(session: AsyncSession, account: Account) -> Member:
    """An account with what it may do."""
    held = await grants.of_accounts(session, [account.id])
    return Member(account, held.get(account.id, {}), await session.get(Credential, account.id) is not None)


def shown(held: Mapping[Permission, frozenset[str]]) -> Sequence[tuple[str, str]]:
    """Each permission with a province it holds in, "" being the whole Region; in order."""
    return sorted((permission.value, province) for permission, where in held.items() for province in where)


async def _add(
    session: AsyncSession, name: str, display_name: str, language: Language, *, who: str, now: datetime
) -> Account:
    if "/" in name:
        raise Invalid("a name has no slash: it stands in addresses of /v1", field="name")
    shape = actors.shape_of(name)
    clients = await session.scalars(select(ApiToken.name).where(ApiToken.revoked_at.is_(None)))
    if await session.scalar(select(Account.id).where(Account.shape == shape)) or actors.among(name, clients):
        raise Conflict(f"the name {name} is taken, or looks like one that is")
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
