"""Challenges: random values that an authenticator or identity provider has to return, once and within minutes.

An open challenge is stored in an encrypted cookie of the browser, so that strangers cannot fill a table. After a right
answer, the hash of the challenge is stored in the database until the challenge expires.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncSession

from api.db import insert
from api.errors import Invalid
from api.security.crypto import Keyring
from api.staff.ways.models import SpentChallenge

LASTS = timedelta(minutes=10)  # the longest time that WebAuthn recommends to wait for a person (Level 2, section 5.4)
_PURPOSE = "sign-in challenge"


class Aim(StrEnum):
    """The purpose of a challenge, which can be used for nothing else."""

    ADD = "add"
    SIGN_IN = "sign-in"
    CONFIRM = "confirm"
    PROVIDER = "provider"  # sign in at an identity provider
    CODE = "code"  # then enter a code of the app
    LINK = "link"  # link an identity


@dataclass(frozen=True, slots=True)
class Challenge:
    """A challenge, and the account that asked for it. Before the sign-in, the account is None."""

    aim: Aim
    account_id: int | None = None
    value: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)


def seal(challenge: Challenge, *, keyring: Keyring, now: datetime) -> str:
    """Encrypt a challenge for a cookie, together with the time when it expires."""
    content = {
        "aim": challenge.aim,
        "account": challenge.account_id,
        "value": challenge.value.hex(),
        "until": (now + LASTS).timestamp(),
    }
    return base64.urlsafe_b64encode(keyring.encipher(json.dumps(content), purpose=_PURPOSE)).decode().rstrip("=")


def read(cookie: str, *, keyring: Keyring, now: datetime) -> Challenge:
    """Return the challenge in a cookie. Raises Invalid if the cookie was altered or is too old."""
    try:
        sealed = base64.urlsafe_b64decode(cookie + "=" * (-len(cookie) % 4))
        content = json.loads(keyring.decipher(sealed, purpose=_PURPOSE))
    except (ValueError, IndexError):  # not base64, or too short
        raise Invalid("there is no challenge") from None
    if content["until"] <= now.timestamp():
        raise Invalid("this challenge is too old")
    return Challenge(Aim(content["aim"]), content["account"], bytes.fromhex(content["value"]))


def opened(cookie: str, aim: Aim, *, account_id: int | None = None, keyring: Keyring, now: datetime) -> bytes:
    """Return the value of the challenge in a cookie.

    Raises Invalid if the cookie was altered or is too old, or if the challenge was made for something else.
    """
    challenge = read(cookie, keyring=keyring, now=now)
    if (challenge.aim, challenge.account_id) != (aim, account_id):
        raise Invalid("this challenge was made for something else")
    return challenge.value


async def spend(session: AsyncSession, value: bytes, *, now: datetime) -> bool:
    """Mark a challenge as answered. Return False if it was answered before."""
    row = insert(session)(SpentChallenge).values(challenge_hash=hashlib.sha256(value).digest(), expires_at=now + LASTS)
    spent = row.on_conflict_do_nothing().returning(SpentChallenge.challenge_hash)
    return await session.scalar(spent) is not None
