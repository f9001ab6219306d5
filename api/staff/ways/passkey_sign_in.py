"""Sign in with a passkey, or use a passkey in place of a fresh code."""

from __future__ import annotations

from datetime import datetime

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api import audit
from api.db import Database
from api.errors import Invalid
from api.security.crypto import Keyring
from api.staff import back_off, sessions, sign_in
from api.staff.models import Account
from api.staff.sign_in import NotSignedIn
from api.staff.ways import challenges
from api.staff.ways.challenges import Aim
from api.staff.ways.models import Passkey
from api.staff.ways.offered import Answer, PasskeyParty, Unproven
from api.staff.ways.passkeys import user_handle

log = structlog.get_logger(__name__)
_UNKNOWN = "\0passkey"  # whose failures are counted if an answer names no passkey of ours


async def enter(db: Database, party: PasskeyParty, answer: Answer, *, keyring: Keyring, now: datetime) -> str:
    """Start a session with a passkey alone, and return the session's id. Raises NotSignedIn or MustWait.

    A wrong passkey counts like a wrong password.
    """
    async with db.transaction() as session:
        account = await _owner(session, party, answer)
        attempt = back_off.Attempt.of(account.shape if account is not None else _UNKNOWN, answer.address, keyring)
        await back_off.charge(session, attempt, now=now)
    async with db.transaction() as session:
        if account is not None and await _prove(session, party, account.id, answer, Aim.SIGN_IN, keyring, now):
            failed = await back_off.clear(session, attempt, now=now)
            token = await sessions.begin(session, account.id, address=answer.address, failed=failed, now=now)
            note = {"who": account.name, "act": "signed in", "subject": f"account {account.id}", "about": "passkey"}
            await audit.note(session, **note, now=now)
            return token
    log.warning("staff.not_signed_in", account=account.id if account is not None else None)
    raise NotSignedIn("the passkey is wrong")


async def confirm(
    db: Database, party: PasskeyParty, account_id: int, token_hash: bytes, answer: Answer, *, keyring: Keyring,
    now: datetime,
) -> None:  # fmt: skip
    """Use a passkey in place of a fresh code, and record this in the session. Raises NotSignedIn or MustWait."""

    async def right(session: AsyncSession) -> bool:
        return await _prove(session, party, account_id, answer, Aim.CONFIRM, keyring, now)

    await sign_in.confirm_by(db, account_id, token_hash, right, address=answer.address, keyring=keyring, now=now)


async def _owner(session: AsyncSession, party: PasskeyParty, answer: Answer) -> Account | None:
    """Return the enabled account to which an answer's passkey belongs; None if there is none."""
    try:
        credential_id, _ = party.named(answer.text)
    except Unproven:
        return None
    statement = select(Account).join(Passkey, Passkey.account_id == Account.id)
    known = Passkey.credential_id == credential_id, Account.disabled_at.is_(None)
    return (await session.scalars(statement.where(*known))).one_or_none()


async def _prove(
    session: AsyncSession, party: PasskeyParty, account_id: int, answer: Answer, aim: Aim, keyring: Keyring,
    now: datetime,
) -> bool:  # fmt: skip
    """Return whether somebody answered the challenge with a passkey of this account. If so, spend the challenge."""
    account = await session.get(Account, account_id, with_for_update=True, populate_existing=True)
    if account is None or account.disabled_at is not None:
        return False
    asked_by = account_id if aim is Aim.CONFIRM else None
    try:
        value = challenges.opened(answer.cookie, aim, account_id=asked_by, keyring=keyring, now=now)
        credential_id, handle = party.named(answer.text)
        own = Passkey.credential_id == credential_id, Passkey.account_id == account_id
        passkey = (await session.scalars(select(Passkey).where(*own).with_for_update())).one_or_none()
        if passkey is None or handle not in _handles(account_id, aim, keyring):
            return False
        count = party.proved(answer.text, value, passkey.public_key)
    except (Invalid, Unproven):
        return False
    if copied(passkey.sign_count, count):
        log.warning("staff.passkey_copied", account=account_id, passkey=passkey.id)
        return False
    if not await challenges.spend(session, value, now=now):
        return False
    passkey.sign_count, passkey.used_at = count, now
    return True


def copied(before: int, after: int) -> bool:
    """Return whether a passkey was copied: its sign count must grow (Level 3, section 7.2, step 22).

    Some authenticators do not count, and always say 0. Phones that synchronise passkeys are an example.
    """
    return (before, after) != (0, 0) and after <= before


def _handles(account_id: int, aim: Aim, keyring: Keyring) -> tuple[bytes | None, ...]:
    """Return the user handles that an answer may have."""
    # an answer may have none if the account is known already
    own = user_handle(account_id, keyring)
    return (own,) if aim is Aim.SIGN_IN else (own, None)
