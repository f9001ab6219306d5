"""A new password, by whoever is signed in and knows the present one."""

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
    """Whose password becomes which, in which session, and from where it is asked for."""

    account_id: int
    token_hash: bytes
    present: str
    wanted: str
    again: str
    address: str


async def change(db: Database, passwords: Passwords, given: Change, *, keyring: Keyring, now: datetime) -> None:
    """Keep the new password, and end every other session. Raises NotTaken, NotSignedIn, MustWait."""
    wanted = checked(given.wanted, given.again)
    attempt = back_off.Attempt.of(f"\0password {given.account_id}", given.address, keyring)
    async with db.transaction() as session:
        await back_off.charge(session, attempt, now=now)
        kept = await session.get(Credential, given.account_id)
        before = kept.password if kept is not None else None
    if not await passwords.matches(before, given.present):
        log.warning("staff.password_not_changed", account=given.account_id)
        raise NotSignedIn("the present password is wrong")
    made = await passwords.hash(wanted)
    async with db.transaction() as session:
        kept = await session.get_one(Credential, given.account_id, with_for_update=True)
        if kept.password != before:
            raise NotSignedIn("the password was changed meanwhile")
        kept.password, kept.changed_at = made, now
        await back_off.settle(session, attempt, now=now)
        await sessions.end_all(session, given.account_id, but=given.token_hash)
        name = (await session.get_one(Account, given.account_id)).name
        subject = f"account {given.account_id}"
        await audit.note(session, who=name, act="password changed", subject=subject, now=now)
