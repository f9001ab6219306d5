"""`sawt results`: print the counts of a consultation."""

from __future__ import annotations

from typing import Annotated

import typer

from api.consultations.schemas import ConsultationOut
from api.errors import NotFound
from api.pagination import Page
from api.results.schemas import Results
from sawt.cli import service
from sawt.cli.printing import Printer
from sawt.cli.service import path
from sawt.cli.voting.codes import CodeOrNewest
from sawt.cli.voting.result_tables import how_counted, tables, why_hidden

_out = Printer()


def results(
    code: CodeOrNewest = None,
    as_json: Annotated[bool, typer.Option("--json", help="machine-readable")] = False,
) -> None:
    """Count the answers per option, province, language and channel."""
    counts = service.get(Results, path("consultations", code or _newest(), "results"))
    if as_json:
        _out.json(counts.model_dump_json(indent=2))
        return
    for table in tables(counts):
        _out.print(table)
    for note in filter(None, (why_hidden(counts), how_counted(counts))):
        _out.print(note)


def _newest() -> str:
    """Return the code of the newest consultation. Raises NotFound if there is none."""
    found = service.get(Page[ConsultationOut], path("consultations"), limit=1).items
    if not found:
        raise NotFound("There is no consultation yet.")
    return found[0].code
