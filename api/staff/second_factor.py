"""The second factor of sign-in: one-time codes of an authenticator app, or recovery codes that replace them.

App codes follow TOTP (RFC 6238): each is valid for 30 seconds and works once.
"""

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
_DRIFT = 1  # steps that a phone's clock may be slow or fast
CODES = 10  # recovery codes of an account
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # no letters or digits that look alike
_LETTERS = 12  # 59 bits
_PURPOSE, _INDEX = "second factor", "recovery code"
ISSUER = "Sawt"


def new_secret() -> str:
    """Return a new random secret for an authenticator app (base32, 160 bits)."""
    return pyotp.random_base32()


def seal(secret: str, keyring: Keyring) -> bytes:
    """Return the authenticator secret, encrypted for storage."""
    return keyring.encipher(secret, purpose=_PURPOSE)


def unseal(encrypted: bytes, keyring: Keyring) -> str:
    """Return the authenticator secret, decrypted from storage."""
    return keyring.decipher(encrypted, purpose=_PURPOSE)


def address(secret: str, name: str) -> str:
    """Return the otpauth URI that a QR code shows to the authenticator app."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=ISSUER)


def code_at(secret: str, moment: datetime) -> str:
    """Return the code that the authenticator app shows at this moment."""
    return pyotp.TOTP(secret).at(moment)


def step_of(secret: str, code: str, *, now: datetime) -> int | None:
    """Return the number of the 30-second period of a code. If the code is wrong or too old, return None."""
    totp = pyotp.TOTP(secret)
    present = int(now.timestamp()) // STEP
    # the previous and the next period count as now, because clocks differ
    steps = range(present - _DRIFT, present + _DRIFT + 1)
    matching = [each for each in steps if secrets.compare_digest(totp.generate_otp(each), code)]
    return matching[-1] if matching else None


def plain(code: str) -> str:
    """Return a code in a simple form for comparison: ASCII digits and lower-case letters."""
    letters = (each for each in code[:64].casefold() if each.isalnum())
    digits = (str(unicodedata.decimal(each)) if each.isdecimal() else each for each in letters)
    return "".join(digits).encode("ascii", "ignore").decode()


async def use(session: AsyncSession, credential: Credential, code: str, *, keyring: Keyring, now: datetime) -> bool:
    """Return whether this app code or recovery code is right. A right code works only once."""
    typed = plain(code)
    step = step_of(unseal(credential.secret, keyring), typed, now=now)
    if step is not None:
        newer = Credential.account_id == credential.account_id, Credential.used_step < step
        used = update(Credential).where(*newer).values(used_step=step).returning(Credential.account_id)
        return await session.scalar(used) is not None
    if len(typed) != _LETTERS:
        return False
    matching = RecoveryCode.account_id == credential.account_id, RecoveryCode.code_hash == _hash(keyring, typed)
    return await session.scalar(delete(RecoveryCode).where(*matching).returning(RecoveryCode.account_id)) is not None


async def renew_recovery_codes(session: AsyncSession, account_id: int, *, keyring: Keyring) -> Sequence[str]:
    """Replace an account's recovery codes, and return the new ones. Only their hashes are stored."""
    await session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account_id))
    codes = ["".join(secrets.choice(_ALPHABET) for _ in range(_LETTERS)) for _ in range(CODES)]
    session.add_all(RecoveryCode(code_hash=_hash(keyring, each), account_id=account_id) for each in codes)
    await session.flush()
    return ["-".join(each[at : at + 4] for at in range(0, _LETTERS, 4)) for each in codes]


def _hash(keyring: Keyring, code: str) -> bytes:
    return keyring.blind_index(_INDEX, code)
