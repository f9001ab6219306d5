"""Sign in with a name, a password and a code.

Every failure gets the same response and costs the same work, so that nobody learns which part was wrong.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
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
class SignInForm:
    """The name, password and code that somebody typed to sign in, and their network address."""

    name: str
    password: str
    code: str
    address: str


async def sign_in(
    db: Database, passwords: Passwords, form: SignInForm, *, keyring: Keyring, now: datetime
) -> tuple[str, str]:
    """Start a session. Return the account's name and the session's id. Raises NotSignedIn or MustWait."""
    attempt = back_off.Attempt.of(actors.shape_of(form.name[: actors.LONGEST]), form.address, keyring)
    async with db.transaction() as session:
        await back_off.charge(session, attempt, now=now)
        known = await _known(session, form.name)
    # not in a transaction: this takes a tenth of a second, and locks would delay others
    right = await passwords.matches(known[1] if known else None, form.password)
    async with db.transaction() as session:
        account = await _let_in(session, known, form, right=right, keyring=keyring, now=now)
        if account is not None:
            failed = await back_off.clear(session, attempt, now=now)
            token = await sessions.begin(session, account.id, address=form.address, failed=failed, now=now)
            await audit.note(session, who=account.name, act="signed in", subject=f"account {account.id}", now=now)
            return account.name, token
    log.warning("staff.not_signed_in", account=known[0] if known else None)
    raise NotSignedIn("the name, the password or the code is wrong")


async def confirm(
    db: Database, account_id: int, token_hash: bytes, code: str, *, address: str, keyring: Keyring, now: datetime
) -> None:
    """Record in a session that a fresh second-factor code was entered. Raises NotSignedIn or MustWait."""

    async def right(session: AsyncSession) -> bool:
        credential = await session.get(Credential, account_id)
        return credential is not None and await second_factor.use(session, credential, code, keyring=keyring, now=now)

    await confirm_by(db, account_id, token_hash, right, address=address, keyring=keyring, now=now)


async def confirm_by(
    db: Database, account_id: int, token_hash: bytes, proof: Callable[[AsyncSession], Awaitable[bool]], *, address: str,
    keyring: Keyring, now: datetime,
) -> None:  # fmt: skip
    """Record in a session that its owner proved their identity again. Raises MustWait, or NotSignedIn if not proved.

    `proof` is a function that checks the code or passkey, and returns whether it is right.
    Too many failures end the session, so that a thief of the cookie cannot keep guessing.
    """
    attempt = back_off.Attempt.of(f"\0confirm {account_id}", address, keyring)
    async with db.transaction() as session:
        failed = await back_off.charge(session, attempt, now=now)
    async with db.transaction() as session:
        right = await proof(session)
        if right:
            await back_off.clear(session, attempt, now=now)
            await sessions.refresh(session, token_hash, now=now)
        elif failed >= back_off.ATTACK:  # counted over all addresses
            await sessions.end(session, token_hash)
    if not right:
        log.warning("staff.not_confirmed", account=account_id)
        raise NotSignedIn("the code is wrong")


async def _known(session: AsyncSession, name: str) -> tuple[int, str | None] | None:
    """Return the id and password hash of the enabled account with this name; None if there is none."""
    statement = select(Account.id, Credential.password).join(Credential, Credential.account_id == Account.id)
    shape = actors.shape_of(name[: actors.LONGEST])
    row = (await session.execute(statement.where(Account.shape == shape, Account.disabled_at.is_(None)))).first()
    return (row[0], row[1]) if row is not None else None


async def _let_in(
    session: AsyncSession, known: tuple[int, str | None] | None, form: SignInForm, *, right: bool, keyring: Keyring,
    now: datetime,
) -> Account | None:  # fmt: skip
    """Return the account if password and code are right; otherwise None."""
    if known is None or not right:
        second_factor.step_of(second_factor.new_secret(), second_factor.plain(form.code), now=now)
        return None
    account = await session.get(Account, known[0], with_for_update=True)
    credential = await session.get(Credential, known[0], with_for_update=True)
    if account is None or account.disabled_at is not None or credential is None or credential.password != known[1]:
        return None  # disabled or reset since the password was checked
    return account if await second_factor.use(session, credential, form.code, keyring=keyring, now=now) else None
