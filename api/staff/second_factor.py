"""The second factor: codes of an app (TOTP, RFC 6238: 30 seconds, each once), and recovery codes in their place."""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Sequence
from datetime import datetime

import pyotp
from sqlalchemy import delete, update
from sqlalchemy.ext.asyncio import AsyncSession

from api.security.crypto import Keyring
from api.staff.models import Credential, RecoveryCode

STEP = 30  # seconds
_DRIFT = 1  # steps that a phone's clock may be behind or ahead
CODES = 10  # recovery codes of an account
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is taken for another
_LETTERS = 12  # 59 bits
_PURPOSE, _INDEX = "second factor", "recovery code"
ISSUER = "Sawt"


def new_secret() -> str:
    """A new secret, as apps take it (base32, 160 bits)."""
    return pyotp.random_base32()


def seal(secret: str, keyring: Keyring) -> bytes:
    """A secret as it is kept."""
    return keyring.encipher(secret, purpose=_PURPOSE)


def unseal(kept: bytes, keyring: Keyring) -> str:
    """A secret that was kept."""
    return keyring.decipher(kept, purpose=_PURPOSE)


def address(secret: str, name: str) -> str:
    """What the QR code holds for the app."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=ISSUER)


def code_at(secret: str, moment: datetime) -> str:
    """The code of a moment."""
    return pyotp.TOTP(secret).at(moment)


def step_of(secret: str, code: str, *, now: datetime) -> int | None:
    """The 30 seconds whose code this is, one step before or after included; None if it is none of these."""
    totp = pyotp.TOTP(secret)
    present = int(now.timestamp()) // STEP
    steps = range(present - _DRIFT, present + _DRIFT + 1)
    found = [each for each in steps if secrets.compare_digest(totp.generate_otp(each), code)]
    return found[-1] if found else None


def plain(code: str) -> str:
    """A code as it is compared: digits of any script, small letters, no gaps."""
    kept = (each for each in code[:64].casefold() if each.isalnum())
    digits = (str(unicodedata.decimal(each)) if each.isdecimal() else each for each in kept)
    return "".join(digits).encode("ascii", "ignore").decode()


async def use(session: AsyncSession, credential: Credential, code: str, *, keyring: Keyring, now: datetime) -> bool:
    """Whether this code of the app, or recovery code, is right; then it is never taken again."""
    given = plain(code)
    step = step_of(unseal(credential.secret, keyring), given, now=now)
    if step is not None:
        newer = Credential.account_id == credential.account_id, Credential.used_step < step
        used = update(Credential).where(*newer).values(used_step=step).returning(Credential.account_id)
        return await session.scalar(used) is not None
    if len(given) != _LETTERS:
        return False
    kept = RecoveryCode.account_id == credential.account_id, RecoveryCode.code_hash == _hash(keyring, given)
    return await session.scalar(delete(RecoveryCode).where(*kept).returning(RecoveryCode.account_id)) is not None


async def renew_recovery_codes(session: AsyncSession, account_id: int, *, keyring: Keyring) -> Sequence[str]:
    """New recovery codes in place of those before; nobody can read them again."""
    await session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account_id))
    made = ["".join(secrets.choice(_ALPHABET) for _ in range(_LETTERS)) for _ in range(CODES)]
    session.add_all(RecoveryCode(code_hash=_hash(keyring, each), account_id=account_id) for each in made)
    await session.flush()
    return ["-".join(each[at : at + 4] for at in range(0, _LETTERS, 4)) for each in made]


def _hash(keyring: Keyring, code: str) -> bytes:
    return keyring.blind_index(_INDEX, code)
