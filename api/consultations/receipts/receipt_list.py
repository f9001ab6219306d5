"""What is made public at closing: every receipt, with its choices or apart from them, as a text and its SHA-256.

The form is described in docs/receipts.md; whoever has the text can make the hash themselves.
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
from api.consultations.receipts.unlinked_list import lines as lines_apart
from api.consultations.words import own_words
from api.errors import NotFound

FORM = "sawt-receipts 1"  # the first words of a list; another form has another number: see `unlinked_list.py`

Chosen = Mapping[int, Sequence[str]]  # values by question id, in order


async def publish(session: AsyncSession, consultation: Consultation, *, secret: bytes | None, now: datetime) -> None:
    """Keep the hash of a consultation that closes, and write its ballots anew: see
    `consultations/ballots/anonymise.py`.

    What people wrote in their own words leaves their ballots before: see `consultations/words/own_words.py`.

    Its `secret` says for the last time who has a ballot; None if it is lost. Where too few took part there is no list,
    and so no hash.
    """
    found = await count(session, consultation.id)
    few = suppression.too_few(found, consultation.smallest_count)
    if not few:
        await own_words.part(session, consultation)
        made = await hashed(session, consultation)
        session.add(Publication(consultation_id=consultation.id, digest=made, ballots=found, published_at=now))
        await breakdown.keep(session, consultation)
    else:  # nothing of them is ever shown, so nothing is kept: where all say the same, each of them did
        theirs = select(Ballot.id).where(Ballot.consultation_id == consultation.id)
        await session.execute(delete(Answer).where(Answer.ballot_id.in_(theirs)))
    await snapshots.forget(session, consultation.id)
    await anonymise.level(session, consultation.id, secret=secret)
    await anonymise.rewrite(session, consultation.id, on=now.date(), apart=consultation.receipts == COUNTED)
    await session.flush()


async def hashed(session: AsyncSession, consultation: Consultation) -> str:
    """The SHA-256 of the list that the database holds now, in hexadecimal."""
    made = hashlib.sha256()
    async for line in lines(session, consultation):
        made.update(line.encode())
    return made.hexdigest()


async def publication(session: AsyncSession, consultation: Consultation) -> Publication:
    """The hash that was published. Raises NotFound where none was: it is open, something still ties ballots to people,
    or too few took part.
    """
    found = await session.get(Publication, consultation.id) if consultation.cleaned_at is not None else None
    if found is None:
        few = f": fewer than {consultation.smallest_count} took part" if consultation.cleaned_at is not None else ""
        raise NotFound(f"nothing was published of {consultation.code}{few}")
    return found


async def text(session: AsyncSession, consultation: Consultation) -> str:
    """The whole list."""
    return "".join([line async for line in lines(session, consultation)])


def lines(session: AsyncSession, consultation: Consultation) -> AsyncIterator[str]:
    """The list, line by line, in the form of this consultation; few of its lines are in memory at once."""
    return (lines_apart if consultation.receipts == COUNTED else _together)(session, consultation)


async def _together(session: AsyncSession, consultation: Consultation) -> AsyncIterator[str]:
    """A heading, then each receipt in their order, with its choices."""
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
    """Receipt, why it counts not ("" if it does), a question and one value given to it: sorted, one row a value."""
    counted = (
        select(Ballot.receipt, literal("").label("why"), Answer.question_id, Answer.value, Answer.rank)
        .outerjoin(Answer, Answer.ballot_id == Ballot.id)
        .where(Ballot.consultation_id == consultation_id)
    )
    gone = select(Superseded.receipt, Superseded.why, null(), null(), null()).where(
        Superseded.consultation_id == consultation_id
    )
    every = union_all(counted, gone).subquery()
    listed = select(every).order_by(by_bytes(session, every.c.receipt), every.c.question_id, every.c.rank)
    found = await session.stream(listed, execution_options={"yield_per": AT_A_TIME})
    async for rows in found.partitions():
        for receipt, why, question_id, value, _ in rows:
            yield receipt, why, question_id, value


def _line(questions: Sequence[QuestionContent], receipt: str, chosen: Chosen, why: str) -> str:
    return f"{receipt} {sign(why) if why else _choices(questions, chosen)}".rstrip() + "\n"


def digest(text: str) -> str:
    """The SHA-256 of a list, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def _choices(questions: Sequence[QuestionContent], chosen: Chosen) -> str:
    return " ".join(
        f"{place}:{shown(question, chosen[question.id])}"
        for place, question in enumerate(questions, start=1)
        if chosen.get(question.id)
    )
