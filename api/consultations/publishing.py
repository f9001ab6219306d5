"""What is made public at closing: every receipt with its choices, as a text of one form and its SHA-256.

The form is described in docs/receipts.md; whoever has the text can make the hash themselves.
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, func, literal, null, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from api.consultations import content, rewriting
from api.consultations.content import QuestionContent
from api.consultations.marks import given_by, option_of
from api.consultations.models import Answer, Ballot, Consultation, Publication, Superseded
from api.db import dialect
from api.errors import NotFound

FORM = "sawt-receipts 1"  # the first words of a list; another form has another number
OWN_WORDS = "*"  # stands for a text: what people wrote in their own words is not published with a receipt
REPLACED = "replaced"

Chosen = Mapping[int, Sequence[str]]  # values by question id, in order

_AT_A_TIME = 2000  # rows of the list in memory


async def publish(
    session: AsyncSession, consultation: Consultation, *, secret: bytes | None, now: datetime
) -> Publication:
    """Keep the hash of a consultation that closes, and write its ballots anew: see `rewriting.py`.

    Its `secret` says for the last time who has a ballot; None if it is lost.
    """
    found, hashed = await _count(session, consultation.id), hashlib.sha256()
    async for line in lines(session, consultation):
        hashed.update(line.encode())
    made = Publication(consultation_id=consultation.id, digest=hashed.hexdigest(), ballots=found, published_at=now)
    session.add(made)
    await rewriting.level(session, consultation.id, secret=secret)
    await rewriting.rewrite(session, consultation.id, on=now.date())
    await session.flush()
    return made


async def publication(session: AsyncSession, consultation: Consultation) -> Publication:
    """The hash that was published. Raises NotFound where none was, or something still ties ballots to people."""
    found = await session.get(Publication, consultation.id) if consultation.cleaned_at is not None else None
    if found is None:
        raise NotFound(f"nothing was published of {consultation.code}")
    return found


async def text(session: AsyncSession, consultation: Consultation) -> str:
    """The whole list."""
    return "".join([line async for line in lines(session, consultation)])


async def lines(session: AsyncSession, consultation: Consultation) -> AsyncIterator[str]:
    """The list, line by line: a heading, then each receipt in their order; few of them are in memory at once."""
    questions = await content.read(session, consultation_id=consultation.id)
    yield f"{FORM} {consultation.code} {await _count(session, consultation.id)}\n"
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
    listed = select(every).order_by(_by_bytes(session, every.c.receipt), every.c.question_id, every.c.rank)
    found = await session.stream(listed, execution_options={"yield_per": _AT_A_TIME})
    async for rows in found.partitions():
        for receipt, why, question_id, value, _ in rows:
            yield receipt, why, question_id, value


def _by_bytes(session: AsyncSession, column: ColumnElement[str]) -> ColumnElement[str]:
    """In the order of bytes, whatever language the database sorts in."""
    return column.collate("C") if dialect(session) == "postgresql" else column


async def _count(session: AsyncSession, consultation_id: int) -> int:
    found = select(func.count()).select_from(Ballot).where(Ballot.consultation_id == consultation_id)
    return await session.scalar(found) or 0


def _line(questions: Sequence[QuestionContent], receipt: str, chosen: Chosen, why: str) -> str:
    return f"{receipt} {sign(why) if why else _choices(questions, chosen)}".rstrip() + "\n"


def sign(why: str) -> str:
    """How the list writes why a receipt counts not: in one word."""
    return why.replace(" ", "-")


def digest(text: str) -> str:
    """The SHA-256 of a list, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def shown(question: QuestionContent, values: Sequence[str]) -> str:
    """The values of one answer as the list has them: an option by its place, a text not at all."""
    if question.kind == content.TEXT:
        return OWN_WORDS
    if question.kind == content.PLACE:
        return ",".join(values)
    places = {option.value: str(place) for place, option in enumerate(question.options, start=1)}
    return ",".join(_marked(value, places) for value in values)


def _marked(value: str, places: Mapping[str, str]) -> str:
    """A value with its option's place; behind it the points or the stance, where it has any."""
    option, given = option_of(value), given_by(value)
    return f"{places.get(option, option)}={given}" if given else places.get(option, option)


def _choices(questions: Sequence[QuestionContent], chosen: Chosen) -> str:
    return " ".join(
        f"{place}:{shown(question, chosen[question.id])}"
        for place, question in enumerate(questions, start=1)
        if chosen.get(question.id)
    )
