"""Store responses by `Idempotency-Key`, so that a repeated request has no second effect.

Follows the IETF draft "The Idempotency-Key HTTP Header Field". A repeated request gets the first response again. A
different request with the same key gets 422. A request that arrives while the first one is in progress gets 409.
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
_IN_PROGRESS = "a request with this idempotency key is in progress: try again later"
_BLANKED = "this request was already completed: its response was deleted, because a resident was erased since then"
_SHOWN_ONCE = "this request was already completed; its answer holds a secret, which is not shown twice"
_OTHER = "this idempotency key was already used for a different request: choose another key"


class Repeat(Base):
    """The stored response to one request. It is encrypted, because it may name people."""

    __tablename__ = "repeats"
    __table_args__ = (Index(None, "at"),)

    key: Mapped[bytes] = mapped_column(LargeBinary(16), primary_key=True)  # keyed hash of the token and the key
    asked: Mapped[bytes] = mapped_column(LargeBinary(16))  # keyed hash of the request
    status: Mapped[int]
    answer: Mapped[bytes] = mapped_column(LargeBinary)  # encrypted; empty after `blank`
    at: Mapped[datetime] = mapped_column(Moment)


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """The response to an earlier request."""

    status: int
    body: str


class Repeated(Exception):
    """The request is a repetition: it was answered before, with `answer`."""

    def __init__(self, answer: StoredAnswer) -> None:
        super().__init__()
        self.answer = answer


@dataclass(slots=True)
class Claim:
    """A request with an idempotency key. `key` and `request` are keyed hashes.

    The answer to a `shown_once` request is not stored, only that it was given. `session` is the endpoint's transaction,
    or None if the endpoint uses several.
    """

    key: bytes
    request: bytes
    keyring: Keyring
    now: datetime
    shown_once: bool = False
    session: AsyncSession | None = None

    async def check(self, session: AsyncSession) -> None:
        """Check that the key is new.

        Raises Repeated if this request was answered before, Invalid if the key belongs to a different request, and
        Conflict if the stored response was deleted, or if the response holds a secret and was not stored.
        """
        row = await session.get(Repeat, self.key)
        if row is None:
            return
        if row.at <= self.now - KEPT:
            await session.delete(row)
            await session.flush()
            return
        if row.asked != self.request:
            raise Invalid(_OTHER, field=f"header.{HEADER}")
        if not row.answer:
            raise Conflict(_SHOWN_ONCE if self.shown_once else _BLANKED)
        raise Repeated(StoredAnswer(row.status, self.keyring.decipher(row.answer, purpose=_PURPOSE)))

    async def store(self, session: AsyncSession, status: int, body: bytes) -> None:
        """Store the response, in the same transaction as the request's effects.

        Raises IntegrityError if another process answered in the meantime. The transaction then undoes the effects.
        """
        sealed = b"" if self.shown_once else self.keyring.encipher(body.decode(), purpose=_PURPOSE)
        session.add(Repeat(key=self.key, asked=self.request, status=status, answer=sealed, at=self.now))
        await session.flush()


@contextlib.contextmanager
def exclusive(answering: set[bytes], key: bytes) -> Iterator[None]:
    """Allow one request at a time per key in this process. Raises Conflict while another one is in progress."""
    if key in answering:
        raise Conflict(_IN_PROGRESS)
    answering.add(key)
    try:
        yield
    finally:
        answering.discard(key)


async def blank(session: AsyncSession) -> None:
    """Delete the content of all stored responses, because one may contain data of a resident being erased.

    The keys stay, so that a repeated request still has no effect.
    """
    await session.execute(update(Repeat).where(Repeat.answer != b"").values(answer=b""))


async def expire(session: AsyncSession, *, now: datetime) -> None:
    """Delete stored responses older than 24 hours."""
    await session.execute(delete(Repeat).where(Repeat.at <= now - KEPT))
