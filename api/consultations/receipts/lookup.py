"""Look up receipts: whether a receipt's ballot counts and, after closing, which choices it contains."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.consultations import content
from api.consultations.content import QuestionContent
from api.consultations.models import Answer, Ballot, Consultation, Publication, Superseded
from api.consultations.receipts.list_format import COUNTED
from api.consultations.receipts.spotting import tidy
from api.consultations.voter_numbers import REQUIRED

_AT_ONCE = 5000  # receipts per SQL statement


class Standing(Enum):
    """What is known about a receipt: whether its ballot counts or, if it does not, why."""

    COUNTED = "counted"  # without choices: somebody may look over the voter's shoulder, or receipts never show them
    PUBLISHED = "published"  # counts, and the choices are published
    ALTERED = "altered"  # the database rows do not match the published hash, so the original choices are unknown
    FEW = "few"  # closed, and too few took part to publish anything
    REPLACED = "replaced"  # another ballot of the same person counts
    WAITS = "waits"  # counts once its voter links a phone number
    NO_NUMBER = "no number"  # the voter linked no phone number before closing
    TAKEN_BACK = "taken back"  # staff took back what an agent typed


class AnsweredQuestion(NamedTuple):
    """A question, its position from 1 in the consultation, and the values that a ballot has for it."""

    position: int
    question: QuestionContent
    values: Sequence[str]


@dataclass(frozen=True, slots=True)
class Checked:
    """A receipt that was looked up, and whether it counts (`standing`). `choices` is empty if none are published."""

    receipt: str
    standing: Standing
    consultation: Consultation
    choices: Sequence[AnsweredQuestion] = ()


async def check(session: AsyncSession, typed: str) -> Checked | None:
    """Look up a receipt as somebody typed it; return None if there is no such receipt.

    If two consultations have the same receipt, the newer one is used.
    """
    receipt = tidy(typed)
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
    ballot_id, numbered, consultation, published, altered = row
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
    return Checked(receipt, Standing.PUBLISHED, consultation, await _choices(session, ballot_id, consultation))


async def check_first(session: AsyncSession, candidates: Sequence[str]) -> Checked | None:
    """Look up the first of these candidates that is an existing receipt; return None if there is none.

    The candidates are in capitals.
    """
    receipt = await first_existing(session, candidates)
    return None if receipt is None else await check(session, receipt)


async def first_existing(session: AsyncSession, candidates: Sequence[str]) -> str | None:
    """Return the first of these candidates that is an existing receipt; None if there is none.

    The candidates are in capitals.
    """
    receipts = await existing(session, candidates)
    return next((each for each in candidates if each in receipts), None)


async def existing(session: AsyncSession, candidates: Sequence[str]) -> set[str]:
    """Return which of these candidates are receipts of any consultation. The candidates are in capitals."""
    receipts = set[str]()
    for column in (Ballot.receipt, Superseded.receipt):
        for start in range(0, len(candidates), _AT_ONCE):
            batch = column.in_(candidates[start : start + _AT_ONCE])
            receipts.update(await session.scalars(select(column).where(batch)))
    return receipts


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


async def _choices(session: AsyncSession, ballot_id: int, consultation: Consultation) -> Sequence[AnsweredQuestion]:
    rows = await session.execute(
        select(Answer.question_id, Answer.value).where(Answer.ballot_id == ballot_id).order_by(Answer.rank)
    )
    values: dict[int, list[str]] = {}
    for question_id, value in rows:
        values.setdefault(question_id, []).append(value)
    questions = await content.read(session, consultation_id=consultation.id)
    return [
        AnsweredQuestion(position, question, values[question.id])
        for position, question in enumerate(questions, start=1)
        if question.id in values
    ]
