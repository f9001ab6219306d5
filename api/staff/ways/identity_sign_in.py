"""Sign in at an identity provider. If the provider checked no second factor, a code of the app is needed, too."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api import audit
from api.db import Database
from api.errors import Invalid
from api.security.crypto import Keyring
from api.staff import back_off, second_factor, sessions
from api.staff.back_off import Attempt
from api.staff.models import Account, Credential
from api.staff.sign_in import NotSignedIn
from api.staff.ways import challenges
from api.staff.ways.challenges import Aim
from api.staff.ways.models import Identity
from api.staff.ways.offered import Answer, Claimed, IdentityProvider, Return, Unproven

log = structlog.get_logger(__name__)
_UNKNOWN = "\0provider"  # whose failures are counted until the provider has named somebody


@dataclass(frozen=True, slots=True)
class Entry:
    """The account of somebody who signs in, and the id of the new session if the sign-in is complete."""

    account_id: int
    token: str  # the session's id; "" if a code of the app is still needed


async def enter(db: Database, provider: IdentityProvider, answer: Return, *, keyring: Keyring, now: datetime) -> Entry:
    """Sign in to the account that is linked to the identity at the provider.

    Raises NotSignedIn or MustWait. If the provider does not answer, raises Unavailable. A return to a browser that did
    not leave is refused, but not counted: it can guess nothing, and any page could cause it to make an office wait.
    """
    try:
        value = challenges.opened(answer.cookie, Aim.PROVIDER, keyring=keyring, now=now)
    except Invalid as error:
        raise _refused(None, why=str(error)) from None
    attempt = Attempt.of(_UNKNOWN, answer.address, keyring)
    async with db.transaction() as session:
        await back_off.charge(session, attempt, now=now)
    try:
        claimed = await provider.claimed(answer, value, now=now)
    except Unproven as error:
        raise _refused(None, why=str(error)) from None
    async with db.transaction() as session:
        account = await _linked(session, provider, claimed, now=now)
        if account is not None and await challenges.spend(session, value, now=now):
            await back_off.clear(session, attempt, now=now)
            if not claimed.strong:
                return Entry(account.id, "")
            own = Attempt.of(account.shape, answer.address, keyring)
            await back_off.charge(session, own, now=now)
            return Entry(account.id, await _begin(session, account, own, answer.address, now=now))
    raise _refused(account, why="nobody is linked")


async def enter_with_code(
    db: Database, provider: IdentityProvider, answer: Answer, *, keyring: Keyring, now: datetime
) -> str:
    """Finish a sign-in at the provider with a code of the app. Return the session's id.

    Raises NotSignedIn if the code is wrong. Raises Invalid if the sign-in began too long ago. Raises MustWait.
    """
    challenge = challenges.read(answer.cookie, keyring=keyring, now=now)
    if challenge.aim is not Aim.CODE:
        raise Invalid("this challenge was made for something else")
    async with db.transaction() as session:
        account = await session.get_one(Account, challenge.account_id)
        attempt = Attempt.of(account.shape, answer.address, keyring)
        await back_off.charge(session, attempt, now=now)
    async with db.transaction() as session:
        account = await session.get_one(Account, challenge.account_id, with_for_update=True, populate_existing=True)
        credential = await session.get(Credential, account.id, with_for_update=True)
        right = (
            credential is not None
            and await _is_linked(session, account, provider)
            and await second_factor.use(session, credential, answer.text, keyring=keyring, now=now)
        )
        if right and await challenges.spend(session, challenge.value, now=now):
            return await _begin(session, account, attempt, answer.address, now=now)
    raise _refused(account, why="the code is wrong")


async def _linked(
    session: AsyncSession, provider: IdentityProvider, claimed: Claimed, *, now: datetime
) -> Account | None:
    """Return the enabled account that is linked to an identity; None if there is none."""
    known = Identity.issuer == provider.issuer, Identity.subject == claimed.subject
    identity = (await session.scalars(select(Identity).where(*known).with_for_update())).one_or_none()
    account = await session.get(Account, identity.account_id) if identity is not None else None
    if identity is None or account is None or account.disabled_at is not None:
        return None
    identity.used_at = now
    return account


async def _is_linked(session: AsyncSession, account: Account, provider: IdentityProvider) -> bool:
    """Return whether an account is enabled and still linked to the provider."""
    linked = Identity.account_id == account.id, Identity.issuer == provider.issuer
    return account.disabled_at is None and await session.scalar(select(Identity.id).where(*linked)) is not None


async def _begin(session: AsyncSession, account: Account, attempt: Attempt, address: str, *, now: datetime) -> str:
    """Start a session after a successful try, and return the session's id."""
    failed = await back_off.clear(session, attempt, now=now)
    token = await sessions.begin(session, account.id, address=address, failed=failed, now=now)
    subject = f"account {account.id}"
    await audit.note(session, who=account.name, act="signed in", subject=subject, now=now, about="identity provider")
    return token


def _refused(account: Account | None, *, why: str) -> NotSignedIn:
    """Log a failure, and return the error to raise. The log contains nothing that a stranger sent."""
    log.warning("staff.not_signed_in", account=account.id if account is not None else None, why=why)
    return NotSignedIn("nobody was signed in")
