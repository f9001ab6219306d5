"""Replies that were not understood: each text with a minimum number of people who wrote it, never who or when.

The number is not stored as a counter but as a row of bits. Each person sets one bit, derived from the text and, in a
vote, from their voter token. So writing a text a thousand times sets the same bit. Several people may share a bit, so
the number of bits is a minimum. After closing, nobody can derive a person's bit again.

Outside votes there is no voter token. The bit then derives from the resident's id, under a key that exists only in the
memory of this process. So nobody with the database can derive it. If the process restarts, a person may set a second
bit.
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

MOST = 200  # maximum texts per question; a new text replaces the oldest of those that fewest people wrote
_BITS = 62  # number of bits per text, which fit into a signed integer of 64 bits
_PURPOSE = "unmatched"
_PROCESS_KEY = secrets.token_bytes(32)  # never stored: with it, a bit could be traced to a person


class Unmatched(Base):
    """One text that was not understood, stored encrypted.

    `known_by` is a keyed hash of the text and of what it replied to: a question of a vote, or a step of the dialogue.
    """

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
    """What a person replied to: a question of a vote (its kind and id), or a step of the dialogue."""

    name: str
    question_id: int | None = None


class Reply(NamedTuple):
    """A text as staff read it. `people` is the minimum number of people who wrote it.

    If the vote's counts move in steps, the number is rounded down to whole steps.
    """

    words: str
    people: int
    asked: str
    code: str | None
    question: int | None  # the question's position, starting at 1
    known_by: bytes


def bit(words: str, token: bytes) -> int:
    """Return the position of the bit that a person sets by writing this text, given the person's token."""
    return int.from_bytes(hmac.digest(token, words.encode(), "sha256")[:8], "big") % _BITS


def process_token(resident_id: int) -> bytes:
    """Return a token for a resident outside votes. Its key exists only in the memory of this process."""
    return hmac.digest(_PROCESS_KEY, str(resident_id).encode(), "sha256")


async def note(session: AsyncSession, keyring: Keyring, prompt: Prompt, words: str, place: int, today: date) -> None:
    """Record that somebody wrote this text in reply to a prompt. `place` is the position of the person's bit."""
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
    """Return the texts that may be shown, most frequent first. If `code` is given, return only those of that vote.

    A text is shown if enough people wrote it before today. In a vote, the minimum is the vote's `smallest_count`;
    outside votes, it is `fewest`. Today's writers do not count yet. So staff cannot see that one more person
    wrote it, or at what hour.
    Demonstrations, which have a `smallest_count` of 1, show everything at once.
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
    """Return one page of these replies, in the order of `listed`.

    The cursor contains nothing that people wrote, because it appears in URLs and logs.
    """
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
        return None  # the key that encrypted the text was retired
    steps = people - people % fewest if fewest > 1 else people
    return Reply(words, steps, row.asked, code, None if place is None else place + 1, row.known_by)


async def drop(session: AsyncSession, replies: Sequence[Reply]) -> None:
    """Hide these texts from staff, even if somebody writes them again."""
    keys = [each.known_by for each in replies]
    await session.execute(update(Unmatched).where(Unmatched.known_by.in_(keys)).values(dropped=True))


async def clear(session: AsyncSession, keys: Sequence[bytes]) -> None:
    """Delete the texts with these keyed hashes."""
    await session.execute(delete(Unmatched).where(Unmatched.known_by.in_(keys)))


async def forget(session: AsyncSession, consultation_id: int) -> None:
    """Delete the texts of a consultation that closes, because its voter tokens are destroyed too."""
    questions = select(Question.id).where(Question.consultation_id == consultation_id)
    await session.execute(delete(Unmatched).where(Unmatched.question_id.in_(questions)))


async def expire(session: AsyncSession, *, before: date) -> None:
    """Delete texts that nobody wrote on or after this day."""
    await session.execute(delete(Unmatched).where(Unmatched.last_on < before))


def known_by(keyring: Keyring, prompt: Prompt, words: str) -> bytes:
    """Return the keyed hash that identifies a text together with the prompt that it replied to."""
    return keyring.blind_index("unmatched", f"{prompt.question_id or prompt.name}\x00{words}")


async def _make_room(session: AsyncSession, prompt: Prompt) -> None:
    """If the maximum is reached, delete the text that fewest people wrote."""
    same: Any = Unmatched.question_id == prompt.question_id
    if prompt.question_id is None:
        same = Unmatched.question_id.is_(None) & (Unmatched.asked == prompt.name)
    rows = (await session.execute(select(Unmatched.known_by, Unmatched.bits, Unmatched.last_on).where(same))).all()
    if len(rows) >= MOST:
        least = min(rows, key=lambda row: (row.bits.bit_count(), row.last_on, row.known_by))
        await clear(session, [least.known_by])
