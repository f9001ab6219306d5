"""Rights of accounts: granted, taken away; at least two people can manage staff, once there are two."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from api import actors, audit
from api.db import insert
from api.errors import Conflict, Forbidden, Invalid
from api.security import rights
from api.security.rights import WHOLE_REGION, Permission
from api.staff.models import Account, Credential, Grant

MANAGERS = 2  # at least so many people manage staff, once there are that many
_SHOWN = 120  # letters of `about` in the record


def permissions_of(names: Iterable[str]) -> frozenset[Permission]:
    """The permissions that names of roles and permissions stand for. Raises Invalid."""
    try:
        found = rights.of_names(names)
    except ValueError as error:
        raise Invalid(str(error), field="permissions") from None
    if not found:
        raise Invalid("name a permission or a role", field="permissions")
    return found


def too_few(before: int, after: int) -> bool:
    """Whether so many who manage staff are too few: two of two stay, and a first one who is alone stays."""
    return after < min(MANAGERS, before)


async def of_accounts(session: AsyncSession, ids: Collection[int]) -> Mapping[int, Mapping[Permission, frozenset[str]]]:
    """What these accounts may do, by account: for each permission the provinces."""
    found: dict[int, dict[Permission, set[str]]] = defaultdict(lambda: defaultdict(set))
    for row in await session.scalars(select(Grant).where(Grant.account_id.in_(ids))):
        if row.permission in list(Permission):  # one that a newer version knew is nobody's
            found[row.account_id][Permission(row.permission)].add(row.province)
    return {number: {name: frozenset(where) for name, where in each.items()} for number, each in found.items()}


async def managers(session: AsyncSession) -> frozenset[int]:
    """The accounts that manage the staff of the whole Region and have set up their sign-in; locked until the end."""
    wanted = (
        select(Account.id)
        .join(Grant, Grant.account_id == Account.id)
        .join(Credential, Credential.account_id == Account.id)
        .where(Grant.permission == Permission.MANAGE_STAFF, Grant.province == WHOLE_REGION)
        .where(Account.disabled_at.is_(None))
        .order_by(Account.id)
        .with_for_update()
    )
    return frozenset(await session.scalars(wanted))


async def keep_managers(session: AsyncSession, without: int) -> None:
    """Let an account lose its right to manage staff only if enough others hold it. Raises Conflict."""
    found = await managers(session)
    if too_few(len(found), len(found - {without})):
        raise Conflict(
            "at least two accounts manage staff, or the only one that does: give somebody else the right first"
        )


async def may_touch(session: AsyncSession, account: Account) -> None:
    """Let whoever manages the staff of a province act on accounts with rights there alone, and nowhere else.

    An account without any right is the Region's: it may have been anybody's. Raises Forbidden.
    """
    held = (await of_accounts(session, [account.id])).get(account.id, {})
    for where in held.values() or [frozenset({WHOLE_REGION})]:
        for province in where:
            rights.require(Permission.MANAGE_STAFF, province or None)


async def grant(
    session: AsyncSession, account: Account, permissions: Collection[Permission], province: str, *, who: str,
    now: datetime,
) -> None:  # fmt: skip
    """Give permissions in a province ("": the whole Region) to an account that one may touch. Raises Forbidden.

    Else somebody could draw an account of elsewhere into their province, and there take it over or keep its own
    managers from it.
    """
    await may_touch(session, account)
    await give(session, account, permissions, province, who=who, now=now)


async def give(
    session: AsyncSession, account: Account, permissions: Collection[Permission], province: str, *, who: str,
    now: datetime,
) -> None:  # fmt: skip
    """As `grant`, to an account just made. Raises Forbidden: nobody gives rights to themselves."""
    rights.require(Permission.MANAGE_STAFF, province or None)
    if actors.same(who, account.name):
        raise Forbidden("nobody gives rights to themselves: somebody else who manages staff can")
    for each in sorted(permissions):
        row = insert(session)(Grant).values(account_id=account.id, permission=each, province=province)
        await session.execute(row.on_conflict_do_nothing())
    await _note(session, account, "rights granted", permissions, province, who=who, now=now)


async def revoke(
    session: AsyncSession, account: Account, permissions: Collection[Permission], province: str, *, who: str,
    now: datetime,
) -> None:  # fmt: skip
    """Take permissions in a province away ("": those for the whole Region). Raises Conflict if too few are left."""
    rights.require(Permission.MANAGE_STAFF, province or None)
    if Permission.MANAGE_STAFF in permissions and province == WHOLE_REGION:
        await keep_managers(session, account.id)
    held = Grant.account_id == account.id, Grant.province == province, Grant.permission.in_(permissions)
    await session.execute(delete(Grant).where(*held))
    await _note(session, account, "rights revoked", permissions, province, who=who, now=now)


async def _note(
    session: AsyncSession, account: Account, act: str, permissions: Collection[Permission], province: str, *, who: str,
    now: datetime,
) -> None:  # fmt: skip
    about = f"{', '.join(sorted(permissions))} in {province or 'the whole Region'}"[:_SHOWN]
    await audit.note(session, who=who, act=act, subject=f"account {account.id}", now=now, about=about)
