"""All answers of a consultation for a spreadsheet, a page at a time."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import anyio

from api.answers import service
from api.answers.schemas import AnswerOut
from api.answers.service import Wanted
from api.db import Database
from api.pagination import PageRequest, PageRows
from api.text import spreadsheet

_AT_ONCE = 1000  # rows in memory
_NAMES = ("number", "question", "text", "flags", "tags", "closed_on")


async def as_csv(db: Database, code: str, wanted: Wanted) -> AsyncGenerator[str, None]:
    """A mark of UTF-8, the names, then the answers in the order of their numbers. Raises what `service.page` does.

    Each page is a transaction of its own. The first is read before anything is given: what is wrong is raised then.
    """
    cursor: str | None = None
    begun = False
    while not begun or cursor is not None:
        found = await _page(db, code, wanted, cursor)
        if not begun:
            yield spreadsheet.MARK + spreadsheet.lines([_NAMES])
        yield spreadsheet.lines(_row(each) for each in found.items)
        cursor, begun = found.next, True


async def _page(db: Database, code: str, wanted: Wanted, cursor: str | None) -> PageRows[AnswerOut]:
    """Read to its end even if its reader leaves meanwhile: the connection goes back to the others in good order."""
    with anyio.CancelScope(shield=True):
        async with db.transaction() as session:
            found = await service.page(session, code, wanted, PageRequest(_AT_ONCE, cursor))
    return found


def _row(each: AnswerOut) -> tuple[str, ...]:
    day = each.closed_on.isoformat() if each.closed_on is not None else ""
    return (str(each.number), str(each.question), each.text, ", ".join(each.flags), ", ".join(each.tags), day)
