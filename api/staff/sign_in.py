"""Signing in by name, password and a code: one answer for whatever is wrong, and the same work for each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api import actors, audit
from api.db import Database
from api.errors import Forbidden
from api.security.crypto import Keyring
from api.staff import back_off, second_factor, sessions
from api.staff.models import Account, Credential
from api.staff.passwords import Passwords

log = structlog.get_logger(__name__)


class NotSignedIn(Forbidden):
    """The name, the password or the code is wrong."""


@dataclass(frozen=True, slots=True)
class Given:
    """What somebody signs in with, and from where."""

    name: str
    password: str
    code: str
    address: str


async def sign_in(db: Database, passwords: Passwords, given: Given, *, keyring: Keyring, now: datetime) -> str:
    """A new session's id. Raises NotSignedIn, MustWait.

    The password is compared between two transactions: it takes a tenth of a second, and others would wait for them.
    """
    attempt = back_off.Attempt.of(actors.shape_of(given.name[: actors.LONGEST]), given.address, keyring)
    async with db.transaction() as session:
        await back_off.charge(session, attempt, now=now)
        found = await _known(session, given.name)
    right = await passwords.matches(found[1] if found else None, given.password)
    async with db.transaction() as session:
        account = await _let_in(session, found, given, right=right, keyring=keyring, now=now)
        if account is not None:
            failed = await back_off.settle(session, attempt, now=now)
            token = await sessions.begin(session, account.id, address=given.address, failed=failed, now=now)
            await audit.note(session, who=account.name, act="signed in", subject=f"account {account.id}", now=now)
            return token
    log.warning("staff.not_signed_in", account=found[0] if found else None)
    raise NotSignedIn("the name, the password or the code is wrong")


async def confirm(
    db: Database, account_id: int, token_hash: bytes, code: str, *, address: str, keyring: Keyring, now: datetime
) -> None:
    """Note a fresh code of the second factor in a session. Raises NotSignedIn, MustWait.

    A session in which too many codes were wrong ends, from however many addresses they came: whoever stole a cookie
    has no password to begin another one.
    """
    attempt = back_off.Attempt.of(f"\0confirm {account_id}", address, keyring)
    async with db.transaction() as session:
        failed = await back_off.charge(session, attempt, now=now)
    async with db.transaction() as session:
        credential = await session.get(Credential, account_id)
        right = credential is not None and await second_factor.use(session, credential, code, keyring=keyring, now=now)
        if right:
            await back_off.settle(session, attempt, now=now)
            await sessions.refresh(session, token_hash, now=now)
        elif failed >= back_off.ATTACK:
            await sessions.end(session, token_hash)
    if not right:
        log.warning("staff.not_confirmed", account=account_id)
        raise NotSignedIn("the code is wrong")


async def _known(session: AsyncSession, name: str) -> tuple[int, str | None] | None:
    """The account of this name and what is kept of its password."""
    wanted = select(Account.id, Credential.password).join(Credential, Credential.account_id == Account.id)
    shape = actors.shape_of(name[: actors.LONGEST])
    row = (await session.execute(wanted.where(Account.shape == shape, Account.disabled_at.is_(None)))).first()
    return (row[0], row[1]) if row is not None else None


async def _let_in(
    session: AsyncSession, found: tuple[int, str | None] | None, given: Given, *, right: bool, keyring: Keyring,
    now: datetime,
) -> Account | None:  # fmt: skip
    """The account, if all of it is right and still is."""
    if found is None or not right:
        second_factor.step_of(second_factor.new_secret(), second_factor.plain(given.code), now=now)
        return None
    account = await session.get(Account, found[0], with_for_update=True)
    credential = await session.get(Credential, found[0], with_for_update=True)
    if account is None or account.disabled_at is not None or credential is None or credential.password != found[1]:
        return None
    return account if await second_factor.use(session, credential, given.code, keyring=keyring, now=now) else None
