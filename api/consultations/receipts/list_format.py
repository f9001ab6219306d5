"""How published lists write receipts and answers: what the two formats share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.consultations import content
from api.consultations.content import QuestionContent
from api.consultations.models import Ballot
from api.consultations.option_values import mark_of, option_of
from api.db import dialect

CHECKED, COUNTED = "checked", "counted"  # what a receipt proves: see `Consultation.receipts`
OWN_WORDS = "*"  # in place of a text: answers in people's own words are not published
REPLACED = "replaced"
AT_A_TIME = 2000  # rows of a list in memory


def shown(question: QuestionContent, values: Sequence[str]) -> str:
    """The values of one answer as a list writes them: an option by its position, a text as a sign."""
    if question.kind == content.TEXT:
        return OWN_WORDS
    if question.kind == content.PLACE:
        return ",".join(values)
    places = {option.value: str(place) for place, option in enumerate(question.options, start=1)}
    return ",".join(_marked(value, places) for value in values)


def _marked(value: str, places: Mapping[str, str]) -> str:
    """A value with its option's position, and the points or the stance if it has any."""
    option, mark = option_of(value), mark_of(value)
    return f"{places.get(option, option)}={mark}" if mark else places.get(option, option)


def sign(why: str) -> str:
    """The reason why a receipt does not count, as one word of a list."""
    return why.replace(" ", "-")


def by_bytes(session: AsyncSession, column: ColumnElement[str]) -> ColumnElement[str]:
    """Sort by bytes, whatever the collation of the database."""
    return column.collate("C") if dialect(session) == "postgresql" else column


async def count(session: AsyncSession, consultation_id: int) -> int:
    """How many ballots a consultation has."""
    query = select(func.count()).select_from(Ballot).where(Ballot.consultation_id == consultation_id)
    return await session.scalar(query) or 0
