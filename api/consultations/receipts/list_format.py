"""Write receipts and answers as text for published lists. Both formats of lists use these functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.consultations import content
from api.consultations.content import QuestionContent
from api.consultations.models import Ballot
from api.consultations.option_values import mark_of, option_of
from api.db import dialect

CHECKED, COUNTED = "checked", "counted"  # a receipt proves the choices, or only that the ballot counts
OWN_WORDS = "*"  # in place of a free text, which is not published
REPLACED = "replaced"
AT_A_TIME = 2000  # maximum number of a list's rows in memory


def shown(question: QuestionContent, values: Sequence[str]) -> str:
    """Return an answer as a published list shows it: the positions of options. A text is shown as a sign."""
    if question.kind == content.TEXT:
        return OWN_WORDS
    if question.kind == content.PLACE:
        return ",".join(values)
    places = {option.value: str(place) for place, option in enumerate(question.options, start=1)}
    return ",".join(_marked(value, places) for value in values)


def _marked(value: str, places: Mapping[str, str]) -> str:
    """Return the position of an option among the options, with its points or stance."""
    option, mark = option_of(value), mark_of(value)
    return f"{places.get(option, option)}={mark}" if mark else places.get(option, option)


def sign(why: str) -> str:
    """Return, as one word for a published list, why a receipt does not count. Hyphens replace the spaces."""
    return why.replace(" ", "-")


def by_bytes(session: AsyncSession, column: ColumnElement[str]) -> ColumnElement[str]:
    """Return a form of the column that every database sorts in the same order: the order of the bytes."""
    return column.collate("C") if dialect(session) == "postgresql" else column


async def count(session: AsyncSession, consultation_id: int) -> int:
    """Return how many ballots a consultation has."""
    query = select(func.count()).select_from(Ballot).where(Ballot.consultation_id == consultation_id)
    return await session.scalar(query) or 0
