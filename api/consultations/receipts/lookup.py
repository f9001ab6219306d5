"""Checking a receipt: whether its ballot counts, and after closing what it holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.consultations import content
from api.consultations.content import QuestionContent
from api.consultations.models import Answer, Ballot, Consultation, Publication, Superseded
from api.consultations.receipts.list_format import COUNTED
from api.consultations.receipts.spotting import tidy
from api.consultations.voter_numbers import REQUIRED

_AT_ONCE = 5000  # receipts looked for by one statement


class Standing(Enum):
    """How it stands with a receipt."""

    COUNTED = "counted"  # its choices are shown after closing, if at all: somebody may look over a shoulder
    PUBLISHED = "published"
    ALTERED = "altered"  # what is stored does not fit the published hash: nobody knows what it was
    FEW = "few"  # it is closed, and so few took part that nothing is published
    REPLACED = "replaced"
    WAITS = "waits"  # for a number: it counts once its voter has linked one
    NO_NUMBER = "no number"
    TAKEN_BACK = "taken back"  # staff took back what an agent typed


@dataclass(frozen=True, slots=True)
class Checked:
    """What a receipt stands for; `choices` are there once the consultation is closed."""

    receipt: str
    standing: Standing
    consultation: Consultation
    choices: Sequence[tuple[int, QuestionContent, Sequence[str]]] = ()  # with the number of the question


async def check(session: AsyncSession, written: str) -> Checked | None:
    """How it stands with a receipt; None where there is none such.

    Should two consultations share one, the newer tells.
    """
    receipt = tidy(written)
    if receipt is None:
        return None
    row = (
        await session.execute(
            select(Ballot.id, Ballot.numbered, Consultation, Publication.digest, Publication.altered_at)
            .join(Consultation, Consultation.id == Ballot.consultation_id)
            .outerjoin(Publication, Publication.consultation_id == Consultation.id)
            .where(Ballot.receipt == receipt)
            .order_by(Consultation.id.desc())
            .limit(1)
        )
    ).first()
    if row is None:
        return await _replaced(session, receipt)
    number, numbered, consultation, published, altered = row
    if consultation.numbers == REQUIRED and numbered is False:
        return Checked(receipt, Standing.WAITS, consultation)
    if consultation.cleaned_at is None:
        return Checked(receipt, Standing.COUNTED, consultation)
    if not published:
        return Checked(receipt, Standing.FEW, consultation)
    if consultation.receipts == COUNTED:
        return Checked(receipt, Standing.COUNTED, consultation)
    if altered:
        return Checked(receipt, Standing.ALTERED, consultation)
    return Checked(receipt, Standing.PUBLISHED, consultation, await _choices(session, number, consultation))


async def first(session: AsyncSession, written: Sequence[str]) -> Checked | None:
    """How it stands with the first receipt that there is of these, in capitals; None where there is none such."""
    found = await named(session, written)
    return None if found is None else await check(session, found)


async def named(session: AsyncSession, written: Sequence[str]) -> str | None:
    """The first of these, in capitals, that is a receipt; None where none is."""
    there = await known(session, written)
    return next((each for each in written if each in there), None)


async def known(session: AsyncSession, written: Sequence[str]) -> set[str]:
    """Which of these, in capitals, are receipts, of whatever consultation."""
    found = set[str]()
    for column in (Ballot.receipt, Superseded.receipt):
        for start in range(0, len(written), _AT_ONCE):
            batch = column.in_(written[start : start + _AT_ONCE])
            found.update(await session.scalars(select(column).where(batch)))
    return found


async def _replaced(session: AsyncSession, receipt: str) -> Checked | None:
    row = (
        await session.execute(
            select(Consultation, Superseded.why)
            .join(Superseded, Superseded.consultation_id == Consultation.id)
            .where(Superseded.receipt == receipt)
            .order_by(Consultation.id.desc())
            .limit(1)
        )
    ).first()
    return None if row is None else Checked(receipt, Standing(row[1]), row[0])


async def _choices(
    session: AsyncSession, ballot_id: int, consultation: Consultation
) -> Sequence[tuple[int, QuestionContent, Sequence[str]]]:
    rows = await session.execute(
        select(Answer.question_id, Answer.value).where(Answer.ballot_id == ballot_id).order_by(Answer.rank)
    )
    held: dict[int, list[str]] = {}
    for question_id, value in rows:
        held.setdefault(question_id, []).append(value)
    questions = await content.read(session, consultation_id=consultation.id)
    return [
        (place, question, held[question.id]) for place, question in enumerate(questions, start=1) if question.id in held
    ]
