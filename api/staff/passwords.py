"""Rules for passwords, and their hashing with argon2id (RFC 9106)."""

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
_MEMORY = 65_536  # KiB for one hash, with three rounds: the second recommended option of RFC 9106, section 4
_ROUNDS = 3
_AT_ONCE = 2  # hashes computed at once in a process: more would only compete for memory and time
_EDGES = re.compile(r"^[\W\d_]+|[\W\d_]+$")
T = TypeVar("T")


class PasswordFault(StrEnum):
    """The reason why a password is refused."""

    TOO_SHORT = "password.short"
    TOO_LONG = "password.long"
    COMMON = "password.common"


class PasswordRefused(Invalid):
    """The password is not acceptable."""

    def __init__(self, reason: str) -> None:
        """Store the `reason`: the catalog key of the sentence that the console shows."""
        super().__init__(reason)
        self.reason = reason


def normalised(password: str) -> str:
    """Return the password in Unicode form NFC. Keyboards encode the same letters in different ways."""
    return unicodedata.normalize("NFC", password)


def fault_of(password: str) -> PasswordFault | None:
    """Return the reason why a normalised password is refused; None if it is acceptable."""
    if len(password) < SHORTEST:
        return PasswordFault.TOO_SHORT
    if len(password) > LONGEST:
        return PasswordFault.TOO_LONG
    return PasswordFault.COMMON if _is_common(password) else None


def checked(password: str, again: str) -> str:
    """Return the normalised password if it is acceptable and repeated correctly. Raises PasswordRefused."""
    normal = normalised(password)
    fault = fault_of(normal)
    if fault is not None:
        raise PasswordRefused(fault)
    if normal != normalised(again):
        raise PasswordRefused("password.differs")
    return normal


def _is_common(password: str) -> bool:
    """Return whether a password is too common. Repeating it, or adding digits and signs, does not help."""
    folded = password.casefold()
    bare = _EDGES.sub("", folded)
    known = common()
    if folded in known or bare in known or not bare:
        return True
    period = (folded + folded).find(folded, 1)  # length of the repeated part; the whole length if nothing repeats
    return period < len(folded) and (period <= 3 or folded[:period] in known)


@cache
def common() -> frozenset[str]:
    """Return the most common passwords. They come from a published list: see NOTICE."""
    # the 3,000 most common ones, and those of at least 12 letters among the 30,000 most common
    file = Path(__file__).with_name("common_passwords.txt")
    return frozenset(file.read_text(encoding="utf-8").split("\n")) - {""}


class Passwords:
    """Computes and verifies password hashes in threads, few at once.

    Verifying takes equally long if the account does not exist.
    """

    def __init__(self, memory: int = _MEMORY) -> None:
        """Use `memory` KiB for each hash."""
        self._hasher = PasswordHasher(time_cost=_ROUNDS, memory_cost=memory, parallelism=1)
        self._room = asyncio.Semaphore(_AT_ONCE)

    async def hash(self, password: str) -> str:
        """Return the hash to store for a password."""
        return await self._threaded(lambda: self._hasher.hash(normalised(password)))

    async def matches(self, stored: str | None, password: str) -> bool:
        """Return whether the password has this hash. If there is no hash, return False, after the same work."""
        same = await self._threaded(lambda: self._same(stored or self._dummy, normalised(password)))
        return same and stored is not None

    def _same(self, stored: str, password: str) -> bool:
        try:
            return self._hasher.verify(stored, password)
        except (VerificationError, InvalidHashError):
            return False

    @cached_property
    def _dummy(self) -> str:
        """A hash that no password has, and that takes as long to verify as a real one."""
        # random bytes: computing a real hash would slow down the first try with an unknown name
        salt, digest = (
            base64.b64encode(secrets.token_bytes(length)).rstrip(b"=").decode()
            for length in (self._hasher.salt_len, self._hasher.hash_len)
        )
        return f"$argon2id$v=19$m={self._hasher.memory_cost},t={_ROUNDS},p=1${salt}${digest}"

    async def _threaded(self, work: Callable[[], T]) -> T:
        async with self._room:
            return await asyncio.to_thread(work)
