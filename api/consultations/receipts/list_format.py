"""How a published list writes receipts and answers: what its two forms share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.consultations import content
from api.consultations.content import QuestionContent
from api.consultations.models import Ballot
from api.consultations.option_values import given_by, option_of
from api.db import dialect

CHECKED, COUNTED = "checked", "counted"  # what a receipt proves: see `Consultation.receipts`
OWN_WORDS = "*"  # stands for a text: what people wrote in their own words is not published
REPLACED = "replaced"
AT_A_TIME = 2000  # rows of a list in memory


def shown(question: QuestionContent, values: Sequence[str]) -> str:
    """The values of one answer as a list has them: an option by its place, a text not at all."""
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


def sign(why: str) -> str:
    """How a list writes why a receipt counts not: in one word."""
    return why.replace(" ", "-")


def by_bytes(session: AsyncSession, column: ColumnElement[str]) -> ColumnElement[str]:
    """In the order of bytes, whatever language the database sorts in."""
    return column.collate("C") if dialect(session) == "postgresql" else column


async def count(session: AsyncSession, consultation_id: int) -> int:
    """How many ballots count."""
    found = select(func.count()).select_from(Ballot).where(Ballot.consultation_id == consultation_id)
    return await session.scalar(found) or 0
