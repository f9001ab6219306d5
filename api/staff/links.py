"""One-time links to set or reset an account's password and second factor. Only their hash is stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from api import audit
from api.errors import NotFound
from api.security.crypto import Keyring
from api.staff import second_factor, sessions
from api.staff.models import RESET, Account, Credential, SignInLink

LASTS = timedelta(days=2)
_WRONG = 5  # wrong codes after which a link is deleted
WRONG_CODE = "link.code.wrong"


@dataclass(frozen=True, slots=True)
class UsableLink:
    """A link that can still be used."""

    account: Account
    kind: str
    secret: str  # of the new second factor; "" if the account keeps its second factor


async def make(session: AsyncSession, account: Account, kind: str, *, keyring: Keyring, now: datetime) -> str:
    """Create a one-time link, which replaces the account's earlier one. Return its token.

    Only a hash of the token is stored.
    """
    await session.execute(delete(SignInLink).where(SignInLink.account_id == account.id))
    token = sessions.new_token()
    secret = None if kind == RESET else second_factor.seal(second_factor.new_secret(), keyring)
    row = SignInLink(
        token_hash=sessions.hashed(token), account_id=account.id, kind=kind, secret=secret, expires_at=now + LASTS
    )
    session.add(row)
    await session.flush()
    return token


async def usable_link(session: AsyncSession, token: str, *, keyring: Keyring, now: datetime) -> UsableLink:
    """Return the account and purpose of a link. The link can still be used afterwards.

    Raises NotFound if the token is wrong, or if the link was used or has expired.
    """
    link, account = await _valid(session, token, now=now)
    return UsableLink(account, link.kind, second_factor.unseal(link.secret, keyring) if link.secret else "")


async def accept(
    session: AsyncSession, token: str, *, password_hash: str, code: str, keyring: Keyring, now: datetime
) -> Sequence[str] | None:
    """Use a link: store the password and the second factor, and end the account's sessions.

    Returns the new recovery codes, if any. If the code is wrong, returns None. Raises NotFound if the link is wrong,
    used or expired.
    """
    link, account = await _valid(session, token, now=now)
    if not await _set_up(session, link, code, password_hash, keyring=keyring, now=now):
        link.failed += 1
        if link.failed >= _WRONG:  # too many wrong codes
            await session.delete(link)
        await session.flush()
        return None
    kind = link.kind
    await session.delete(link)
    await sessions.end_all(session, account.id)
    note = {"who": account.name, "act": "sign-in set up", "subject": f"account {account.id}"}
    await audit.note(session, **note, now=now, about=kind)
    if kind == RESET:  # the account keeps its second factor and recovery codes
        return []
    return await second_factor.renew_recovery_codes(session, account.id, keyring=keyring)


async def _valid(session: AsyncSession, token: str, *, now: datetime) -> tuple[SignInLink, Account]:
    """Lock and return a link and its account. Raise NotFound if the link cannot be used."""
    link = await session.get(SignInLink, sessions.hashed(token), with_for_update=True)
    account = await session.get(Account, link.account_id) if link is not None else None
    if link is None or account is None or link.expires_at <= now or account.disabled_at is not None:
        raise NotFound("this link is wrong, was already used, or has expired")
    return link, account


async def _set_up(
    session: AsyncSession, link: SignInLink, code: str, password_hash: str, *, keyring: Keyring, now: datetime
) -> bool:
    """Store the password, and the new second factor if there is one. Return False if the code is wrong."""
    credential = await session.get(Credential, link.account_id, with_for_update=True, populate_existing=True)
    if link.secret is None:
        if credential is None or not await second_factor.use(session, credential, code, keyring=keyring, now=now):
            return False
        credential.password, credential.changed_at = password_hash, now
        return True
    secret = second_factor.unseal(link.secret, keyring)
    step = second_factor.step_of(secret, second_factor.plain(code), now=now)
    if step is None:
        return False
    if credential is None:
        credential = Credential(account_id=link.account_id)
        session.add(credential)
    credential.secret, credential.used_step = second_factor.seal(secret, keyring), step
    credential.password, credential.changed_at = password_hash, now
    await session.flush()
    return True
