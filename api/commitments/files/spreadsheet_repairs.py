"""Undo the changes that a spreadsheet program makes to cells it mistakes for dates or numbers."""

from __future__ import annotations

import re

from api.region import places
from api.text import tabular

MONTHS = ("starts_on", "ends_on")
_NUMERIC = re.compile(r"(\d{1,2})[.,](\d{1,3})")


def repaired(name: str, cell: str) -> str:
    """Return a cell of the column `name` as it was before a spreadsheet program changed it."""
    if name in MONTHS:
        return tabular.month(cell)
    if name.endswith("_on"):
        return tabular.day(cell)
    return "; ".join(map(_province, cell.split(";"))) if name == "provinces" else cell


def _province(code: str) -> str:
    """Restore the zeros that a spreadsheet program removed from an HCP code: 1.571 becomes 01.571."""
    match = _NUMERIC.fullmatch(code.strip())
    whole = f"{match.group(1):0>2}.{match.group(2):0<3}" if match else ""
    return whole if places.province(whole) else code.strip()
