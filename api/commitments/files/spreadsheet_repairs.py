"""Cells that a spreadsheet took for dates or numbers and wrote in its own way: read as they were before."""

from __future__ import annotations

import re

from api.region import places
from api.text import tabular

MONTHS = ("starts_on", "ends_on")
_NUMERIC = re.compile(r"(\d{1,2})[.,](\d{1,3})")


def meant(name: str, cell: str) -> str:
    """A cell of this column as it was before a spreadsheet took it for a date or a number."""
    if name in MONTHS:
        return tabular.month(cell)
    if name.endswith("_on"):
        return tabular.day(cell)
    return "; ".join(map(_province, cell.split(";"))) if name == "provinces" else cell


def _province(code: str) -> str:
    """An HCP code whose zeros a spreadsheet took away: 1.571 is 01.571."""
    found = _NUMERIC.fullmatch(code.strip())
    whole = f"{found.group(1):0>2}.{found.group(2):0<3}" if found else ""
    return whole if places.province(whole) else code.strip()
