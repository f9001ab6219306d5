"""Cells that a spreadsheet shows and does not reckon (OWASP, CSV injection); and the way back (pure).

A cell that would be taken for a formula gets an apostrophe before it, which is taken away again when it is read. What
began with apostrophes and such a sign before gets one more, so that nothing else ever changes.
"""

from __future__ import annotations

import re

_FORMULA = re.compile("'*[=+\\-@\t\r\n＝＋－＠]")


def safe(cell: str) -> str:
    """The cell as it is written."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def plain(cell: str) -> str:
    """The cell as it was meant."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell, 1) else cell
