"""`sawt places` and `sawt themes`: the names and codes that files and commands take."""

from __future__ import annotations

from typing import Annotated

import typer

from api import named
from api import places as known
from api.themes import themes as every_theme
from sawt.printing import Printer, Table

_out = Printer()


def places(province: Annotated[str | None, typer.Argument(help="list the communes of this one")] = None) -> None:
    """List the provinces, or the communes of one: code and names. Both are taken wherever a place is asked for."""
    table = Table("code", "name", "الاسم")
    listed = known.provinces() if province is None else known.communes(named.province(province))
    for each in listed:
        table.add_row(each.code, each.fr, each.ar)
    _out.print(table)


def themes() -> None:
    """List the themes of ideas, proposals and meetings: code and names."""
    table = Table("code", "name", "الاسم")
    for each in every_theme():
        table.add_row(each.code, each.words["fr"], each.words["ar"])
    _out.print(table)
