"""Export all free-text answers of a consultation as CSV, generated page by page."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import anyio

from api.answers import service
from api.answers.schemas import AnswerOut
from api.answers.service import Filters
from api.db import Database
from api.pagination import PageRequest, PageRows
from api.text import spreadsheet

_AT_ONCE = 1000  # rows per page
_NAMES = ("number", "question", "text", "flags", "tags", "closed_on")


async def as_csv(db: Database, code: str, filters: Filters) -> AsyncGenerator[str, None]:
    """Yield a CSV file in parts: a byte order mark, the column names, and a row for each answer.

    Each page is read in a transaction of its own. The first page is read before anything is yielded, so that errors are
    raised early. Raises NotFound, Conflict, Altered or Invalid, as `service.page` does.
    """
    cursor: str | None = None
    started = False
    while not started or cursor is not None:
        answers = await _page(db, code, filters, cursor)
        if not started:
            yield spreadsheet.MARK + spreadsheet.lines([_NAMES])
        yield spreadsheet.lines(_row(each) for each in answers.items)
        cursor, started = answers.next, True


async def _page(db: Database, code: str, filters: Filters, cursor: str | None) -> PageRows[AnswerOut]:
    """Read one page of answers, even if the client disconnects meanwhile."""
    # an interrupted read would leave a broken connection in the pool
    with anyio.CancelScope(shield=True):
        async with db.transaction() as session:
            answers = await service.page(session, code, filters, PageRequest(_AT_ONCE, cursor))
    return answers


def _row(answer: AnswerOut) -> tuple[str, ...]:
    day = answer.closed_on.isoformat() if answer.closed_on is not None else ""
    return (str(answer.number), str(answer.question), answer.text, ", ".join(answer.flags), ", ".join(answer.tags), day)
