"""Passwords: which are taken, and argon2id (RFC 9106) to keep and compare them."""

from __future__ import annotations

import asyncio
import base64
import re
import secrets
import unicodedata
from collections.abc import Callable
from enum import StrEnum
from functools import cache, cached_property
from pathlib import Path
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from api.errors import Invalid

SHORTEST, LONGEST = 12, 256  # letters; ASVS 6.2.1 and 6.2.9
_MEMORY = 65_536  # KiB of one hashing, and three rounds: the second choice of RFC 9106, section 4
_ROUNDS = 3
_AT_ONCE = 2  # hashings of a process: more would only take each other's memory and time
_EDGES = re.compile(r"^[\W\d_]+|[\W\d_]+$")
T = TypeVar("T")


class PasswordFault(StrEnum):
    """Why a password is not taken."""

    TOO_SHORT = "password.short"
    TOO_LONG = "password.long"
    COMMON = "password.common"


class NotTaken(Invalid):
    """A password is not taken."""

    def __init__(self, reason: str) -> None:
        """`reason` names the sentence of the console that says why."""
        super().__init__(reason)
        self.reason = reason


def normalised(password: str) -> str:
    """One spelling of the same letters (NFC), whatever keyboard wrote them; nothing is cut or trimmed."""
    return unicodedata.normalize("NFC", password)


def fault_of(password: str) -> PasswordFault | None:
    """Why a normalised password is not taken; None if it is."""
    if len(password) < SHORTEST:
        return PasswordFault.TOO_SHORT
    if len(password) > LONGEST:
        return PasswordFault.TOO_LONG
    return PasswordFault.COMMON if _is_common(password) else None


def checked(password: str, again: str) -> str:
    """A password that may be kept, in its one spelling. Raises NotTaken."""
    found = normalised(password)
    fault = fault_of(found)
    if fault is not None:
        raise NotTaken(fault)
    if found != normalised(again):
        raise NotTaken("password.differs")
    return found


def _is_common(password: str) -> bool:
    """Whether it is among the most common ones, also with digits and signs around it, or written several times."""
    folded = password.casefold()
    bare = _EDGES.sub("", folded)
    known = common()
    if folded in known or bare in known or not bare:
        return True
    period = (folded + folded).find(folded, 1)  # the length of what it repeats; its own if it repeats nothing
    return period < len(folded) and (period <= 3 or folded[:period] in known)


@cache
def common() -> frozenset[str]:
    """The 3,000 most common passwords, and every one of 12 letters or more among the 30,000 (see NOTICE)."""
    file = Path(__file__).with_name("common_passwords.txt")
    return frozenset(file.read_text(encoding="utf-8").split("\n")) - {""}


class Passwords:
    """Makes and compares hashes, in threads and few at a time. Each comparison costs the same, whoever it is of."""

    def __init__(self, memory: int = _MEMORY) -> None:
        """`memory` is what one hashing takes, in KiB."""
        self._hasher = PasswordHasher(time_cost=_ROUNDS, memory_cost=memory, parallelism=1)
        self._room = asyncio.Semaphore(_AT_ONCE)

    async def hash(self, password: str) -> str:
        """What is kept of a password."""
        return await self._threaded(lambda: self._hasher.hash(normalised(password)))

    async def matches(self, kept: str | None, password: str) -> bool:
        """Whether it is the password; if none is kept, the same work is done for nothing."""
        found = await self._threaded(lambda: self._same(kept or self._dummy, normalised(password)))
        return found and kept is not None

    def _same(self, kept: str, password: str) -> bool:
        try:
            return self._hasher.verify(kept, password)
        except (VerificationError, InvalidHashError):
            return False

    @cached_property
    def _dummy(self) -> str:
        """A hash of nothing, as costly to compare; not made by hashing, or the first wrong name would take longer."""
        salt, digest = (
            base64.b64encode(secrets.token_bytes(length)).rstrip(b"=").decode()
            for length in (self._hasher.salt_len, self._hasher.hash_len)
        )
        return f"$argon2id$v=19$m={self._hasher.memory_cost},t={_ROUNDS},p=1${salt}${digest}"

    async def _threaded(self, work: Callable[[], T]) -> T:
        async with self._room:
            return await asyncio.to_thread(work)
