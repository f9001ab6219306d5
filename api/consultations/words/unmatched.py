"""Replies nobody understood: the text and a minimum number of people who wrote it, never who or when.

The number is not a counter but a row of bits. Each person sets one bit, derived from the text and, in a vote, from
their voter token. Writing a text a thousand times sets the same bit, several people may share one, and after closing
nobody can derive it again. At least as many people wrote the text as bits are set.

Outside votes there is no token: the bit derives from the resident, under a key in the memory of this process. Nobody
with the database can derive it, and the key ends with the process. So a person sets one bit per process they reach.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, ForeignKey, Index, String, case, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from api.consultations.models import Consultation, Question
from api.db import Base, insert
from api.errors import Invalid
from api.pagination import PageRequest, PageRows, cut
from api.security.crypto import Keyring
from api.suppression import FEWEST, too_few

MOST = 200  # texts per question; a new one replaces the oldest of those that fewest people wrote
_BITS = 62  # fit a signed integer of 64 bits
_PURPOSE = "unmatched"
_PROCESS_KEY = secrets.token_bytes(32)  # never stored: with it, a bit could be traced to a person


class Unmatched(Base):
    """One text that was not understood, found by a keyed hash of text and prompt; the text itself is encrypted."""

    __tablename__ = "unmatched"
    __table_args__ = (Index(None, "question_id"),)

    known_by: Mapped[bytes] = mapped_column(primary_key=True)
    question_id: Mapped[int | None] = mapped_column(ForeignKey("questions.id"))  # None outside votes
    asked: Mapped[str] = mapped_column(String(16))  # the question's kind, or the step of the dialogue
    sealed: Mapped[bytes]
    bits: Mapped[int] = mapped_column(BigInteger)
    settled: Mapped[int] = mapped_column(BigInteger)  # the bits at the start of `last_on`
    last_on: Mapped[date]
    dropped: Mapped[bool] = mapped_column(default=False)  # hidden by staff


@dataclass(frozen=True, slots=True)
class Prompt:
    """What the person was replying to: a question of a vote by id and kind, or a step of the dialogue."""

    name: str
    question_id: int | None = None


class Reply(NamedTuple):
    """A text as staff read it; `people` is the minimum number of writers, in steps if the vote counts in steps."""

    words: str
    people: int
    asked: str
    code: str | None
    question: int | None  # its position, 1 being the first
    known_by: bytes


def bit(words: str, token: bytes) -> int:
    """The bit that a person sets by writing this text, derived from their token."""
    return int.from_bytes(hmac.digest(token, words.encode(), "sha256")[:8], "big") % _BITS


def process_token(resident_id: int) -> bytes:
    """A stand-in for a voter token outside votes; it exists only in this process, while it runs."""
    return hmac.digest(_PROCESS_KEY, str(resident_id).encode(), "sha256")


async def note(session: AsyncSession, keyring: Keyring, prompt: Prompt, words: str, place: int, today: date) -> None:
    """Record that somebody wrote this; `place` is the position of their bit."""
    key = known_by(keyring, prompt, words)
    changes: dict[str, Any] = {
        "settled": case((Unmatched.last_on < today, Unmatched.bits), else_=Unmatched.settled),
        "bits": Unmatched.bits.bitwise_or(1 << place),
        "last_on": today,
    }
    updated = update(Unmatched).where(Unmatched.known_by == key).values(**changes).returning(Unmatched.known_by)
    if (await session.execute(updated)).first() is not None:
        return
    await _make_room(session, prompt)
    row: dict[str, Any] = {"known_by": key, "question_id": prompt.question_id, "asked": prompt.name}
    row |= {"bits": 1 << place, "settled": 0, "last_on": today, "dropped": False}
    row |= {"sealed": keyring.encipher(words, purpose=_PURPOSE)}
    statement = insert(session)(Unmatched).values(row)
    await session.execute(statement.on_conflict_do_update(index_elements=("known_by",), set_=changes))


async def listed(
    session: AsyncSession, keyring: Keyring, *, today: date, code: str | None = None, fewest: int = FEWEST
) -> Sequence[Reply]:
    """The texts that may be shown, most frequent first; those of one consultation if `code` is given.

    A text is shown once as many people wrote it as its vote needs for any count (`smallest_count`), as of the start of
    the day: nobody learns of one more person, or the hour. `fewest` is the same threshold outside votes.
    Demonstrations, whose `smallest_count` is 1, show everything at once.
    """
    rows = await session.execute(
        select(Unmatched, Question.position, Consultation.code, func.coalesce(Consultation.smallest_count, fewest))
        .outerjoin(Question, Question.id == Unmatched.question_id)
        .outerjoin(Consultation, Consultation.id == Question.consultation_id)
        .where(Unmatched.dropped.is_(False), *(() if code is None else (Consultation.code == code,)))
    )
    replies = [_shown(row, place, of, least, keyring, today) for row, place, of, least in rows]
    return sorted(filter(None, replies), key=lambda each: (-each.people, each.words, each.asked))


def paged(replies: Sequence[Reply], asked: PageRequest) -> PageRows[Reply]:
    """The same, one page at a time. The cursor contains nothing that was written, since it appears in URLs and logs."""
    return cut("unmatched", replies, asked, key=lambda each: (-each.people, each.known_by.hex()), kinds=(int, str))


def _shown(
    row: Unmatched, place: int | None, code: str | None, fewest: int, keyring: Keyring, today: date
) -> Reply | None:
    people = (row.bits if fewest <= 1 or row.last_on < today else row.settled).bit_count()
    if not people or too_few(people, fewest):
        return None
    try:
        words = keyring.decipher(row.sealed, purpose=_PURPOSE)
    except Invalid:
        return None  # its key was retired
    steps = people - people % fewest if fewest > 1 else people
    return Reply(words, steps, row.asked, code, None if place is None else place + 1, row.known_by)


async def drop(session: AsyncSession, replies: Sequence[Reply]) -> None:
    """Hide these texts from staff, even if somebody writes them again."""
    keys = [each.known_by for each in replies]
    await session.execute(update(Unmatched).where(Unmatched.known_by.in_(keys)).values(dropped=True))


async def clear(session: AsyncSession, keys: Sequence[bytes]) -> None:
    """Delete these texts."""
    await session.execute(delete(Unmatched).where(Unmatched.known_by.in_(keys)))


async def forget(session: AsyncSession, consultation_id: int) -> None:
    """Delete the texts of a consultation that closes: its voter tokens are destroyed too."""
    questions = select(Question.id).where(Question.consultation_id == consultation_id)
    await session.execute(delete(Unmatched).where(Unmatched.question_id.in_(questions)))


async def expire(session: AsyncSession, *, before: date) -> None:
    """Delete texts that nobody wrote on or after this day."""
    await session.execute(delete(Unmatched).where(Unmatched.last_on < before))


def known_by(keyring: Keyring, prompt: Prompt, words: str) -> bytes:
    """The keyed hash that identifies a text."""
    return keyring.blind_index("unmatched", f"{prompt.question_id or prompt.name}\x00{words}")


async def _make_room(session: AsyncSession, prompt: Prompt) -> None:
    """Delete one text if the maximum is reached: junk only pushes out junk."""
    same: Any = Unmatched.question_id == prompt.question_id
    if prompt.question_id is None:
        same = Unmatched.question_id.is_(None) & (Unmatched.asked == prompt.name)
    rows = (await session.execute(select(Unmatched.known_by, Unmatched.bits, Unmatched.last_on).where(same))).all()
    if len(rows) >= MOST:
        least = min(rows, key=lambda row: (row.bits.bit_count(), row.last_on, row.known_by))
        await clear(session, [least.known_by])
