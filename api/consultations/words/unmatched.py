"""Replies nobody understood: what was written and by how many people at least, never by whom, nor when.

How many is no counter, but a row of bits. Each person sets one of them, drawn from the text and, in a vote, from their
voter token: who writes a text a thousand times sets the same bit, several people share it, and when the vote closes
nobody can draw it again. The bits that are set are people at least.

At a step of no vote there is no token: the bit is drawn from the resident, under a key that is in the memory of this
process only. Nobody who has the database can draw it, and it is gone with the process; so one person sets one bit as
long as a process lives, and one more for each process they reach.
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

MOST = 200  # different texts of one question; of those fewest people wrote, the oldest gives way to a new one
_BITS = 62  # fit a signed integer of 64 bits
_PURPOSE = "unmatched"
_PROCESS_KEY = secrets.token_bytes(32)  # stored nowhere: with it, a bit could be traced to whoever set it


class Unmatched(Base):
    """One text that was not understood, by a keyed hash of it and of what was asked; the text itself is enciphered."""

    __tablename__ = "unmatched"
    __table_args__ = (Index(None, "question_id"),)

    known_by: Mapped[bytes] = mapped_column(primary_key=True)
    question_id: Mapped[int | None] = mapped_column(ForeignKey("questions.id"))  # none at a step that is no vote's
    asked: Mapped[str] = mapped_column(String(16))  # the question's kind, or the step
    sealed: Mapped[bytes]
    bits: Mapped[int] = mapped_column(BigInteger)
    settled: Mapped[int] = mapped_column(BigInteger)  # the bits as they were when `last_on` began
    last_on: Mapped[date]
    dropped: Mapped[bool] = mapped_column(default=False)  # staff want to see it no more


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked: a question of a vote by its number and kind, or the step of the dialogue."""

    name: str
    question_id: int | None = None


class Reply(NamedTuple):
    """A text as staff read it. `people` is how many wrote it at least; in steps where the vote counts in steps."""

    words: str
    people: int
    asked: str
    code: str | None
    question: int | None  # its position, 1 being the first
    known_by: bytes


def bit(words: str, token: bytes) -> int:
    """The bit that a person sets by writing this, drawn from their token."""
    return int.from_bytes(hmac.digest(token, words.encode(), "sha256")[:8], "big") % _BITS


def passing_token(resident_id: int) -> bytes:
    """What stands for a resident where there is no voter token: as long as this process lives, and nowhere else."""
    return hmac.digest(_PROCESS_KEY, str(resident_id).encode(), "sha256")


async def note(session: AsyncSession, keyring: Keyring, asked: Asked, words: str, place: int, today: date) -> None:
    """Note that somebody wrote this, by the `place` of their bit."""
    key = known_by(keyring, asked, words)
    again: dict[str, Any] = {
        "settled": case((Unmatched.last_on < today, Unmatched.bits), else_=Unmatched.settled),
        "bits": Unmatched.bits.bitwise_or(1 << place),
        "last_on": today,
    }
    written = update(Unmatched).where(Unmatched.known_by == key).values(**again).returning(Unmatched.known_by)
    if (await session.execute(written)).first() is not None:
        return
    await _make_room(session, asked)
    row: dict[str, Any] = {"known_by": key, "question_id": asked.question_id, "asked": asked.name}
    row |= {"bits": 1 << place, "settled": 0, "last_on": today, "dropped": False}
    row |= {"sealed": keyring.encipher(words, purpose=_PURPOSE)}
    made = insert(session)(Unmatched).values(row)
    await session.execute(made.on_conflict_do_update(index_elements=("known_by",), set_=again))


async def listed(
    session: AsyncSession, keyring: Keyring, *, today: date, code: str | None = None, fewest: int = FEWEST
) -> Sequence[Reply]:
    """What may be shown, the most frequent first; of one consultation, where its `code` is given.

    A text is shown once as many people wrote it as its vote needs for a count at all (`smallest_count`), as it stood
    when the day began: nobody learns of one more person, nor at which hour. `fewest` is the same at steps of no vote.
    A demonstration, whose `smallest_count` is 1, shows all at once.
    """
    rows = await session.execute(
        select(Unmatched, Question.position, Consultation.code, func.coalesce(Consultation.smallest_count, fewest))
        .outerjoin(Question, Question.id == Unmatched.question_id)
        .outerjoin(Consultation, Consultation.id == Question.consultation_id)
        .where(Unmatched.dropped.is_(False), *(() if code is None else (Consultation.code == code,)))
    )
    found = [_shown(row, place, of, least, keyring, today) for row, place, of, least in rows]
    return sorted(filter(None, found), key=lambda each: (-each.people, each.words, each.asked))


def paged(found: Sequence[Reply], asked: PageRequest) -> PageRows[Reply]:
    """The same, a page at a time. A cursor holds nothing of what was written: it stands in addresses, and in logs."""
    return cut("unmatched", found, asked, key=lambda each: (-each.people, each.known_by.hex()), kinds=(int, str))


def _shown(
    row: Unmatched, place: int | None, code: str | None, fewest: int, keyring: Keyring, today: date
) -> Reply | None:
    people = (row.bits if fewest <= 1 or row.last_on < today else row.settled).bit_count()
    if not people or too_few(people, fewest):
        return None
    try:
        words = keyring.decipher(row.sealed, purpose=_PURPOSE)
    except Invalid:
        return None  # its key was taken out of use
    steps = people - people % fewest if fewest > 1 else people
    return Reply(words, steps, row.asked, code, None if place is None else place + 1, row.known_by)


async def drop(session: AsyncSession, replies: Sequence[Reply]) -> None:
    """Show these no more, whoever writes them again."""
    keys = [each.known_by for each in replies]
    await session.execute(update(Unmatched).where(Unmatched.known_by.in_(keys)).values(dropped=True))


async def clear(session: AsyncSession, keys: Sequence[bytes]) -> None:
    """Forget these."""
    await session.execute(delete(Unmatched).where(Unmatched.known_by.in_(keys)))


async def forget(session: AsyncSession, consultation_id: int) -> None:
    """Destroy those of a consultation that closes: nobody answers it any more, and its voter tokens go, too."""
    asked = select(Question.id).where(Question.consultation_id == consultation_id)
    await session.execute(delete(Unmatched).where(Unmatched.question_id.in_(asked)))


async def expire(session: AsyncSession, *, before: date) -> None:
    """Delete what nobody wrote since a day."""
    await session.execute(delete(Unmatched).where(Unmatched.last_on < before))


def known_by(keyring: Keyring, asked: Asked, words: str) -> bytes:
    """The keyed hash that a text is found by."""
    return keyring.blind_index("unmatched", f"{asked.question_id or asked.name}\x00{words}")


async def _make_room(session: AsyncSession, asked: Asked) -> None:
    """Forget one text if there are as many as may be kept: whoever writes junk pushes out junk."""
    same: Any = Unmatched.question_id == asked.question_id
    if asked.question_id is None:
        same = Unmatched.question_id.is_(None) & (Unmatched.asked == asked.name)
    rows = (await session.execute(select(Unmatched.known_by, Unmatched.bits, Unmatched.last_on).where(same))).all()
    if len(rows) >= MOST:
        least = min(rows, key=lambda row: (row.bits.bit_count(), row.last_on, row.known_by))
        await clear(session, [least.known_by])
