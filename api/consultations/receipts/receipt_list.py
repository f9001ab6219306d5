"""The list published at closing: all receipts and choices as text, and its SHA-256, which anybody can recompute.

In one format each receipt has its choices beside it. In the other, receipts and choices are listed separately. Both are
described in docs/receipts.md.
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, literal, null, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from api import suppression
from api.consultations import content
from api.consultations.ballots import anonymise
from api.consultations.content import QuestionContent
from api.consultations.counts import breakdown, snapshots
from api.consultations.models import Answer, Ballot, Consultation, Publication, Superseded
from api.consultations.receipts.list_format import AT_A_TIME, COUNTED, by_bytes, count, shown, sign
from api.consultations.receipts.unlinked_list import lines as unlinked_lines
from api.consultations.words import own_words
from api.errors import NotFound

FORM = "sawt-receipts 1"  # the first words of this format; the other format has number 2: see `unlinked_list.py`

Chosen = Mapping[int, Sequence[str]]  # values by question id, in order


async def publish(session: AsyncSession, consultation: Consultation, *, secret: bytes | None, now: datetime) -> None:
    """Store the hash of the list of a consultation that closes, and anonymise its ballots.

    The `secret` (None if it is lost) is needed one last time, to find who has a ballot. First, free texts are moved
    away from the ballots: see `consultations/words/own_words.py`. If too few people took part, there is no list and no
    hash, and answers are deleted. Last, the ballots are rewritten as `consultations/ballots/anonymise.py` describes.
    """
    ballots = await count(session, consultation.id)
    few = suppression.too_few(ballots, consultation.smallest_count)
    if not few:
        await own_words.detach(session, consultation)
        sha256 = await list_hash(session, consultation)
        session.add(Publication(consultation_id=consultation.id, digest=sha256, ballots=ballots, published_at=now))
        await breakdown.store(session, consultation)
    else:  # answers are never shown, so they are deleted: if all are equal, they would reveal each person's answer
        ballot_ids = select(Ballot.id).where(Ballot.consultation_id == consultation.id)
        await session.execute(delete(Answer).where(Answer.ballot_id.in_(ballot_ids)))
    await snapshots.forget(session, consultation.id)
    await anonymise.level_participation(session, consultation.id, secret=secret)
    await anonymise.rewrite(session, consultation.id, on=now.date(), apart=consultation.receipts == COUNTED)
    await session.flush()


async def list_hash(session: AsyncSession, consultation: Consultation) -> str:
    """Return the SHA-256, in hexadecimal, of the list generated from the present rows in the database."""
    sha256 = hashlib.sha256()
    async for line in lines(session, consultation):
        sha256.update(line.encode())
    return sha256.hexdigest()


async def publication(session: AsyncSession, consultation: Consultation) -> Publication:
    """Return the published hash of a consultation, with its number of ballots and dates.

    Raises NotFound if the consultation is open, if its links to people are not all erased yet, or if too few people
    took part.
    """
    row = await session.get(Publication, consultation.id) if consultation.cleaned_at is not None else None
    if row is None:
        few = (
            f": fewer than {consultation.smallest_count} people took part"
            if consultation.cleaned_at is not None
            else ""
        )
        raise NotFound(f"{consultation.code} has no published list of ballots{few}")
    return row


async def text(session: AsyncSession, consultation: Consultation) -> str:
    """Return the whole list as text."""
    return "".join([line async for line in lines(session, consultation)])


def lines(session: AsyncSession, consultation: Consultation) -> AsyncIterator[str]:
    """Return an iterator over the lines of the list. Only a few lines are in memory at once."""
    return (unlinked_lines if consultation.receipts == COUNTED else _linked_lines)(session, consultation)


async def _linked_lines(session: AsyncSession, consultation: Consultation) -> AsyncIterator[str]:
    """Yield a heading, then each receipt in order with its choices."""
    questions = await content.read(session, consultation_id=consultation.id)
    yield f"{FORM} {consultation.code} {await count(session, consultation.id)}\n"
    receipt, why, chosen = "", "", dict[int, list[str]]()
    async for row in _rows(session, consultation.id):
        if row[0] != receipt:
            if receipt:
                yield _line(questions, receipt, chosen, why)
            receipt, why, chosen = row[0], row[1], {}
        if row[2] is not None:
            chosen.setdefault(row[2], []).append(row[3])
    if receipt:
        yield _line(questions, receipt, chosen, why)


async def _rows(session: AsyncSession, consultation_id: int) -> AsyncIterator[tuple[str, str, int | None, str]]:
    """Yield each value on the ballots, in the order of the receipts, with why a receipt does not count."""
    counted = (
        select(Ballot.receipt, literal("").label("why"), Answer.question_id, Answer.value, Answer.rank)
        .outerjoin(Answer, Answer.ballot_id == Ballot.id)
        .where(Ballot.consultation_id == consultation_id)
    )
    superseded = select(Superseded.receipt, Superseded.why, null(), null(), null()).where(
        Superseded.consultation_id == consultation_id
    )
    every = union_all(counted, superseded).subquery()
    listed = select(every).order_by(by_bytes(session, every.c.receipt), every.c.question_id, every.c.rank)
    stream = await session.stream(listed, execution_options={"yield_per": AT_A_TIME})
    async for rows in stream.partitions():
        for receipt, why, question_id, value, _ in rows:
            yield receipt, why, question_id, value


def _line(questions: Sequence[QuestionContent], receipt: str, chosen: Chosen, why: str) -> str:
    return f"{receipt} {sign(why) if why else _choices(questions, chosen)}".rstrip() + "\n"


def digest(text: str) -> str:
    """Return the SHA-256 of a list's text, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def _choices(questions: Sequence[QuestionContent], chosen: Chosen) -> str:
    return " ".join(
        f"{place}:{shown(question, chosen[question.id])}"
        for place, question in enumerate(questions, start=1)
        if chosen.get(question.id)
    )
