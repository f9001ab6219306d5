"""`sawt results`: print the counts of a consultation."""

from __future__ import annotations

from typing import Annotated

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from api.consultations import service as consultations
from api.errors import NotFound
from api.pagination import PageRequest
from api.results import service
from api.results.schemas import Results
from sawt.cli.printing import Printer
from sawt.cli.voting.result_tables import how_counted, tables, why_hidden
from sawt.database import transact

_out = Printer()


def results(
    code: Annotated[str | None, typer.Argument(help="the consultation's code; the newest by default")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="machine-readable")] = False,
) -> None:
    """Count the answers per option, province, language and channel."""
    counts = transact(lambda session: _results(session, code))
    if as_json:
        _out.json(counts.model_dump_json(indent=2))
        return
    for table in tables(counts):
        _out.print(table)
    for note in filter(None, (why_hidden(counts), how_counted(counts))):
        _out.print(note)


async def _results(session: AsyncSession, code: str | None) -> Results:
    if code is None:
        newest = (await consultations.every(session, PageRequest(1))).items
        if not newest:
            raise NotFound("There is no consultation yet.")
        code = newest[0][0].code
    return await service.results(session, code)
