"""Let a signed-in member of staff replace their password."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import structlog

from api import audit
from api.db import Database
from api.security.crypto import Keyring
from api.staff import back_off, sessions
from api.staff.models import Account, Credential
from api.staff.passwords import Passwords, checked
from api.staff.sign_in import NotSignedIn

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Change:
    """A request to change a password: account, session, the passwords as typed, and the network address."""

    account_id: int
    token_hash: bytes
    present: str
    wanted: str
    again: str
    address: str


async def change(db: Database, passwords: Passwords, request: Change, *, keyring: Keyring, now: datetime) -> None:
    """Store the new password and end every other session. Raises PasswordRefused, NotSignedIn, MustWait."""
    wanted = checked(request.wanted, request.again)
    attempt = back_off.Attempt.of(f"\0password {request.account_id}", request.address, keyring)
    async with db.transaction() as session:
        await back_off.charge(session, attempt, now=now)
        credential = await session.get(Credential, request.account_id)
        before = credential.password if credential is not None else None
    if not await passwords.matches(before, request.present):
        log.warning("staff.password_not_changed", account=request.account_id)
        raise NotSignedIn("the current password is wrong")
    password_hash = await passwords.hash(wanted)
    async with db.transaction() as session:
        credential = await session.get_one(Credential, request.account_id, with_for_update=True)
        if credential.password != before:
            raise NotSignedIn("the password was changed in the meantime")
        credential.password, credential.changed_at = password_hash, now
        await back_off.clear(session, attempt, now=now)
        await sessions.end_all(session, request.account_id, but=request.token_hash)
        name = (await session.get_one(Account, request.account_id)).name
        subject = f"account {request.account_id}"
        await audit.note(session, who=name, act="password changed", subject=subject, now=now)
