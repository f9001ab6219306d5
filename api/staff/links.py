"""One-time links: by one an account gets its first password and second factor, or new ones. Known by their hash."""

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
_WRONG = 5  # codes, after which a link is spent


WRONG_CODE = "link.code.wrong"


@dataclass(frozen=True, slots=True)
class Opened:
    """A link that can be accepted: whose it is, and the secret to scan, "" where the second factor stays."""

    account: Account
    kind: str
    secret: str


async def make(session: AsyncSession, account: Account, kind: str, *, keyring: Keyring, now: datetime) -> str:
    """A new link in place of any before; returns its token, which nobody can read again."""
    await session.execute(delete(SignInLink).where(SignInLink.account_id == account.id))
    token = sessions.new_token()
    secret = None if kind == RESET else second_factor.seal(second_factor.new_secret(), keyring)
    row = SignInLink(
        token_hash=sessions.hashed(token), account_id=account.id, kind=kind, secret=secret, expires_at=now + LASTS
    )
    session.add(row)
    await session.flush()
    return token


async def opened(session: AsyncSession, token: str, *, keyring: Keyring, now: datetime) -> Opened:
    """What a link is for; it is not spent by this. Raises NotFound if it is wrong, spent or too old."""
    link, account = await _found(session, token, now=now)
    return Opened(account, link.kind, second_factor.unseal(link.secret, keyring) if link.secret else "")


async def accept(
    session: AsyncSession, token: str, *, password_hash: str, code: str, keyring: Keyring, now: datetime
) -> Sequence[str] | None:
    """Spend a link: keep the password and the second factor; returns the recovery codes, none if those before stay.

    None if the code is wrong: it is counted, and the link is spent by too many. Raises NotFound as `opened` does.
    """
    link, account = await _found(session, token, now=now)
    if not await _take(session, link, code, password_hash, keyring=keyring, now=now):
        link.failed += 1
        if link.failed >= _WRONG:
            await session.delete(link)
        await session.flush()
        return None
    kind = link.kind
    await session.delete(link)
    await sessions.end_all(session, account.id)
    note = {"who": account.name, "act": "sign-in set up", "subject": f"account {account.id}"}
    await audit.note(session, **note, now=now, about=kind)
    if kind == RESET:
        return []
    return await second_factor.renew_recovery_codes(session, account.id, keyring=keyring)


async def _found(session: AsyncSession, token: str, *, now: datetime) -> tuple[SignInLink, Account]:
    link = await session.get(SignInLink, sessions.hashed(token), with_for_update=True)
    account = await session.get(Account, link.account_id) if link is not None else None
    if link is None or account is None or link.expires_at <= now or account.disabled_at is not None:
        raise NotFound("this link was used, or is too old")
    return link, account


async def _take(
    session: AsyncSession, link: SignInLink, code: str, password_hash: str, *, keyring: Keyring, now: datetime
) -> bool:
    """Keep the password and the second factor if the code is right."""
    kept = await session.get(Credential, link.account_id, with_for_update=True, populate_existing=True)
    if link.secret is None:
        if kept is None or not await second_factor.use(session, kept, code, keyring=keyring, now=now):
            return False
        kept.password, kept.changed_at = password_hash, now
        return True
    secret = second_factor.unseal(link.secret, keyring)
    step = second_factor.step_of(secret, second_factor.plain(code), now=now)
    if step is None:
        return False
    if kept is None:
        kept = Credential(account_id=link.account_id)
        session.add(kept)
    kept.secret, kept.used_step = second_factor.seal(secret, keyring), step
    kept.password, kept.changed_at = password_hash, now
    await session.flush()
    return True
