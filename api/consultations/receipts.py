"""Checking a receipt: whether its ballot counts, and after closing what it holds."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.consultations import content
from api.consultations.ballots import ALPHABET
from api.consultations.content import QuestionContent
from api.consultations.models import Answer, Ballot, Consultation, Publication, Superseded
from api.consultations.numbers import REQUIRED
from api.consultations.signs import COUNTED
from api.normalise import in_ascii_digits

LENGTH = 8
_BETWEEN = ("Zs", "Pd", "Cf")  # categories of blanks, dashes and marks of direction
_WORD = re.compile(r"[^\W_]+")
_NO_LETTER = re.compile(r"[\W_]+")
_WRITTEN = re.compile(f"(?<![^\\W_])[{ALPHABET}]{{{LENGTH}}}(?![^\\W_])")  # as we write it
_RUN = re.compile(f"[{ALPHABET}]{{{LENGTH}}}")


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


def tidy(written: str) -> str | None:
    """The receipt that was written, in capitals, with digits 0 to 9; None if it cannot be one.

    Blanks, dashes and invisible marks, which come along with what is copied out of a message, are left out.
    """
    kept = (letter for letter in written if unicodedata.category(letter) not in _BETWEEN)
    found = in_ascii_digits("".join(kept)).upper()
    return found if len(found) == LENGTH and set(found) <= set(ALPHABET) else None


def within(text: str) -> list[str]:
    """What may be a receipt within a text, in capitals: words of it, or several in a row that make up one."""
    shown = "".join(letter for letter in text if unicodedata.category(letter) != "Cf")
    words, found = [in_ascii_digits(word).upper() for word in _WORD.findall(shown)], list[str]()
    for start in range(len(words)):
        joined, end = "", start
        while len(joined) < LENGTH and end < len(words):
            joined, end = joined + words[end], end + 1
        if len(joined) == LENGTH and set(joined) <= set(ALPHABET):
            found.append(joined)
    return found


def without(text: str) -> str:
    """A text without what may be a receipt in it, where that is one word."""
    return _WORD.sub(lambda word: "" if tidy(word.group()) is not None else word.group(), text)


def is_named(text: str) -> bool:
    """Whether we named a receipt in this text."""
    return _WRITTEN.search(text) is not None


def may_be_named(written: str) -> bool:
    """Whether somebody may have written a receipt in this text, however: sooner once too often than not at all."""
    plain = in_ascii_digits(unicodedata.normalize("NFKC", written)).upper()
    return _RUN.search(_NO_LETTER.sub("", plain)) is not None


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
