"""Passkeys of accounts: add, list and remove them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from api import actors, audit
from api.errors import Conflict, Invalid, NotFound
from api.security.crypto import Keyring
from api.staff.models import Account
from api.staff.ways import challenges
from api.staff.ways.challenges import Aim
from api.staff.ways.models import Passkey
from api.staff.ways.offered import Answer, PasskeyParty

MOST = 10  # passkeys of an account
_NAME: TypeAdapter[str] = TypeAdapter(actors.Name)


def user_handle(account_id: int, keyring: Keyring) -> bytes:
    """Return the id by which authenticators know an account: a keyed hash, which says nothing about its owner."""
    return keyring.blind_index("passkey owner", str(account_id))


async def of_account(session: AsyncSession, account_id: int) -> Sequence[Passkey]:
    """Return an account's passkeys, oldest first."""
    return list(await session.scalars(select(Passkey).where(Passkey.account_id == account_id).order_by(Passkey.id)))


async def add(
    session: AsyncSession, party: PasskeyParty, account_id: int, name: str, answer: Answer, *, keyring: Keyring,
    now: datetime,
) -> Passkey:  # fmt: skip
    """Add a passkey to an account.

    Raises Invalid or Unproven if the name or the answer is wrong. Raises Conflict if there are too many passkeys, or if
    this one was added before.
    """
    try:
        name = _NAME.validate_python(name)
    except ValidationError:
        raise Invalid("a name must have 1 to 40 visible characters", field="name") from None
    value = challenges.opened(answer.cookie, Aim.ADD, account_id=account_id, keyring=keyring, now=now)
    new = party.added(answer.text, value)
    account = await session.get_one(Account, account_id, with_for_update=True)
    if account.disabled_at is not None or len(await of_account(session, account_id)) >= MOST:
        raise Conflict(f"an account has at most {MOST} passkeys")
    known = await session.scalar(select(Passkey.id).where(Passkey.credential_id == new.credential_id))
    if known is not None or not await challenges.spend(session, value, now=now):
        raise Conflict("this passkey was already added")
    passkey = Passkey(
        account_id=account_id, credential_id=new.credential_id, public_key=new.public_key, sign_count=new.sign_count,
        transports=[*new.transports], name=name, made_at=now,
    )  # fmt: skip
    session.add(passkey)
    await session.flush()
    await _note(session, account, "passkey added", passkey.id, now=now)
    return passkey


async def remove(session: AsyncSession, account_id: int, number: int, *, now: datetime) -> None:
    """Remove one of an account's passkeys. Raises NotFound."""
    own = Passkey.id == number, Passkey.account_id == account_id
    if await session.scalar(delete(Passkey).where(*own).returning(Passkey.id)) is None:
        raise NotFound(f"there is no passkey {number}")
    await _note(session, await session.get_one(Account, account_id), "passkey removed", number, now=now)


async def _note(session: AsyncSession, account: Account, act: str, number: int, *, now: datetime) -> None:
    subject = f"account {account.id}"
    await audit.note(session, who=account.name, act=act, subject=subject, now=now, about=f"passkey {number}")
