"""Accounts whose password somebody else reset: told to their owners, and to the others who manage staff."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.audit import Act
from api.security import rights
from api.security.rights import Permission
from api.staff.models import NEW_FACTOR, Account, Grant
from api.workflows.overview.reset_schemas import AccountReset

_RESET, _SIGN_IN = "account reset", "signed in"  # names of acts
SHOWN_FOR = timedelta(days=7)


async def recent(session: AsyncSession, *, now: datetime) -> list[AccountReset]:
    """Return the resets of the last seven days, the newest first, for somebody who manages staff.

    Managers of a province see those of accounts with rights there.
    """
    provinces = rights.visible([Permission.MANAGE_STAFF])
    if provinces is not None and not provinces:
        return []
    acts = (await session.scalars(_resets(Act.at > now - SHOWN_FOR))).all()
    wanted = select(Account.id, Account.name).where(Account.id.in_([_number(each) for each in acts]))
    if provinces is not None:
        wanted = wanted.where(Account.id.in_(select(Grant.account_id).where(Grant.province.in_(provinces))))
    names = dict((await session.execute(wanted)).all())
    return [_shown(each, names[_number(each)]) for each in acts if _number(each) in names]


async def told_to(session: AsyncSession, account_id: int, *, now: datetime) -> Act | None:
    """Return the newest reset of an account, for its owner: at the first sign-in after it, and for seven days."""
    of_account = Act.subject == f"account {account_id}"
    reset = await session.scalar(_resets(of_account).limit(1))
    if reset is None:
        return None
    later = select(func.count()).select_from(Act).where(of_account, Act.act == _SIGN_IN, Act.seq > reset.seq)
    first = (await session.scalar(later) or 0) <= 1
    return reset if first or reset.at > now - SHOWN_FOR else None


def _resets(*conditions: ColumnElement[bool]) -> Select[Act]:
    return select(Act).where(Act.act == _RESET, *conditions).order_by(Act.seq.desc())


def _number(act: Act) -> int:
    """Return the number of the account that an act is about."""
    return int(act.subject.rpartition(" ")[2])


def _shown(act: Act, name: str) -> AccountReset:
    return AccountReset(name=name, by=act.who, at=act.at, factor=act.about == NEW_FACTOR, reason=act.reason)
