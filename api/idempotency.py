"""Answers kept under an `Idempotency-Key`, so that a request sent again does nothing twice.

As in the IETF draft "The Idempotency-Key HTTP Header Field": the first answer comes again; another request under the
same key is refused with 422, and one that comes while the first is being answered with 409.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Index, LargeBinary, delete, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from api.db import Base, Moment
from api.errors import Conflict, Invalid
from api.security.crypto import Keyring

HEADER = "Idempotency-Key"
KEPT = timedelta(hours=24)
_PURPOSE = "repeat"
_AT_IT = "a request with this key is being answered: try again when it is"
_BLANKED = "this was done; its answer is no longer kept, as somebody was erased since"
_OTHER = "this key was used for another request"


class Repeat(Base):
    """The answer to one request. It may name people, so it is enciphered; what was asked is a keyed hash."""

    __tablename__ = "repeats"
    __table_args__ = (Index(None, "at"),)

    key: Mapped[bytes] = mapped_column(LargeBinary(16), primary_key=True)  # keyed hash of credential and key
    asked: Mapped[bytes] = mapped_column(LargeBinary(16))
    status: Mapped[int]
    answer: Mapped[bytes] = mapped_column(LargeBinary)  # enciphered; empty: see `blank`
    at: Mapped[datetime] = mapped_column(Moment)


@dataclass(frozen=True, slots=True)
class Known:
    """An answer that was given before."""

    status: int
    body: str


class Repeated(Exception):
    """The request was answered before: `known` is what was said."""

    def __init__(self, known: Known) -> None:
        super().__init__()
        self.known = known


@dataclass(slots=True)
class Claim:
    """A request under a key, by keyed hashes; `session` is its transaction, where it has one."""

    key: bytes
    asked: bytes
    keyring: Keyring
    now: datetime
    session: AsyncSession | None = None

    async def look(self, session: AsyncSession) -> None:
        """Raises Repeated if it was answered before.

        Raises Invalid if something else was asked under this key, and Conflict if its answer was blanked since.
        """
        found = await session.get(Repeat, self.key)
        if found is None:
            return
        if found.at <= self.now - KEPT:
            await session.delete(found)
            await session.flush()
            return
        if found.asked != self.asked:
            raise Invalid(_OTHER, field=f"header.{HEADER}")
        if not found.answer:
            raise Conflict(_BLANKED)
        raise Repeated(Known(found.status, self.keyring.decipher(found.answer, purpose=_PURPOSE)))

    async def keep(self, session: AsyncSession, status: int, body: bytes) -> None:
        """Keep the answer, in the transaction of the act: either both are there or none.

        Raises IntegrityError where another process has answered meanwhile: what was done here is undone with it.
        """
        sealed = self.keyring.encipher(body.decode(), purpose=_PURPOSE)
        session.add(Repeat(key=self.key, asked=self.asked, status=status, answer=sealed, at=self.now))
        await session.flush()


@contextlib.contextmanager
def alone(answering: set[bytes], key: bytes) -> Iterator[None]:
    """Be the only one of this process who answers under a key. Raises Conflict."""
    if key in answering:
        raise Conflict(_AT_IT)
    answering.add(key)
    try:
        yield
    finally:
        answering.discard(key)


async def blank(session: AsyncSession) -> None:
    """Destroy every answer that is kept, as somebody is erased: any may hold what was theirs, and none says whose.

    The keys stay, so that nothing is done twice.
    """
    await session.execute(update(Repeat).where(Repeat.answer != b"").values(answer=b""))


async def expire(session: AsyncSession, *, now: datetime) -> None:
    """Delete answers that were kept long enough."""
    await session.execute(delete(Repeat).where(Repeat.at <= now - KEPT))
