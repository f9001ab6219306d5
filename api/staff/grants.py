"""Grant and revoke the rights of accounts. Once two people manage staff, the last two cannot be removed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from api import actors, audit
from api.db import insert
from api.errors import Conflict, Forbidden, Invalid
from api.security import rights
from api.security.rights import WHOLE_REGION, Permission
from api.staff.models import Account, Credential, Grant

Grants = Mapping[Permission, frozenset[str]]  # the provinces of each permission
MANAGERS = 2  # the fewest people who manage staff, once that number is reached
_SHOWN = 120  # longest `about` text in the audit record, in letters


def permissions_of(names: Iterable[str]) -> frozenset[Permission]:
    """Return the permissions that these names stand for. A name is a permission or a role.

    Raises Invalid if a name is unknown, or if no name is given.
    """
    try:
        permissions = rights.of_names(names)
    except ValueError as error:
        raise Invalid(str(error), field="permissions") from None
    if not permissions:
        raise Invalid("give at least one permission or role", field="permissions")
    return permissions


def too_few(before: int, after: int) -> bool:
    """Return whether a change leaves too few people who manage staff."""
    # two must remain; if there was only one, that one
    return after < min(MANAGERS, before)


async def of_accounts(session: AsyncSession, ids: Collection[int]) -> Mapping[int, Grants]:
    """Return the rights of these accounts: the provinces of each permission, by account id."""
    granted: dict[int, dict[Permission, set[str]]] = defaultdict(lambda: defaultdict(set))
    for row in await session.scalars(select(Grant).where(Grant.account_id.in_(ids))):
        if row.permission in list(Permission):  # ignore permissions that only a newer version knows
            granted[row.account_id][Permission(row.permission)].add(row.province)
    return {number: {name: frozenset(where) for name, where in each.items()} for number, each in granted.items()}


async def of_maker(connection: AsyncConnection | AsyncSession, maker: str) -> Grants | None:
    """Return the rights of the account that made a token, of which the token never holds more.

    None if the maker has no account, but used the shared token or the machine. A disabled account holds nothing.
    """
    mine = Account.shape == actors.shape_of(maker)
    account = (await connection.execute(select(Account.id, Account.disabled_at).where(mine))).first()
    if account is None:
        return None
    granted: dict[Permission, frozenset[str]] = {}
    of_account = select(Grant.permission, Grant.province).where(Grant.account_id == account.id)
    for permission, province in await connection.execute(of_account) if account.disabled_at is None else ():
        if permission in list(Permission):
            granted[Permission(permission)] = granted.get(Permission(permission), frozenset()) | {province}
    return granted


async def managers(session: AsyncSession) -> frozenset[int]:
    """Lock and return the accounts that manage staff for the whole Region and can sign in."""
    statement = (
        select(Account.id)
        .join(Grant, Grant.account_id == Account.id)
        .join(Credential, Credential.account_id == Account.id)
        .where(Grant.permission == Permission.MANAGE_STAFF, Grant.province == WHOLE_REGION)
        .where(Account.disabled_at.is_(None))
        .order_by(Account.id)
        .with_for_update()
    )
    return frozenset(await session.scalars(statement))


async def keep_managers(session: AsyncSession, without: int) -> None:
    """Raise Conflict if this account is needed, because too few others manage staff."""
    manager_ids = await managers(session)
    if too_few(len(manager_ids), len(manager_ids - {without})):
        raise Conflict("too few accounts would be left that can manage staff: grant this right to someone else first")


async def may_touch(session: AsyncSession, account: Account) -> None:
    """Raise Forbidden unless the actor manages staff in every province where the account has rights.

    If the account has no rights, the actor must manage staff for the whole Region.
    """
    # an account without rights may have had rights anywhere before
    granted = (await of_accounts(session, [account.id])).get(account.id, {})
    for provinces in granted.values() or [frozenset({WHOLE_REGION})]:
        for province in provinces:
            rights.require(Permission.MANAGE_STAFF, province or None)


async def grant(
    session: AsyncSession, account: Account, permissions: Collection[Permission], province: str, *, who: str,
    now: datetime,
) -> None:  # fmt: skip
    """Grant permissions in a province ("": the whole Region). Raises Forbidden if the actor may not do this."""
    # otherwise, a right in the actor's province would stop the account's own managers from changing the account
    await may_touch(session, account)
    await grant_new(session, account, permissions, province, who=who, now=now)


async def grant_new(
    session: AsyncSession, account: Account, permissions: Collection[Permission], province: str, *, who: str,
    now: datetime,
) -> None:  # fmt: skip
    """Grant permissions to a new account. Raises Forbidden if somebody tries to grant rights to themselves."""
    rights.require(Permission.MANAGE_STAFF, province or None)
    if actors.same(who, account.name):
        raise Forbidden("you cannot grant rights to yourself: ask someone else who manages staff")
    for each in sorted(permissions):
        row = insert(session)(Grant).values(account_id=account.id, permission=each, province=province)
        await session.execute(row.on_conflict_do_nothing())
    await _note(session, account, "rights granted", permissions, province, who=who, now=now)


async def revoke(
    session: AsyncSession, account: Account, permissions: Collection[Permission], province: str, *, who: str,
    now: datetime,
) -> None:  # fmt: skip
    """Revoke permissions in a province ("": the whole Region). Raises Conflict if too few people would manage staff."""
    rights.require(Permission.MANAGE_STAFF, province or None)
    if Permission.MANAGE_STAFF in permissions and province == WHOLE_REGION:
        await keep_managers(session, account.id)
    revoked = Grant.account_id == account.id, Grant.province == province, Grant.permission.in_(permissions)
    await session.execute(delete(Grant).where(*revoked))
    await _note(session, account, "rights revoked", permissions, province, who=who, now=now)


async def _note(
    session: AsyncSession, account: Account, act: str, permissions: Collection[Permission], province: str, *, who: str,
    now: datetime,
) -> None:  # fmt: skip
    about = f"{', '.join(sorted(permissions))} in {province or 'the whole Region'}"[:_SHOWN]
    await audit.note(session, who=who, act=act, subject=f"account {account.id}", now=now, about=about)
