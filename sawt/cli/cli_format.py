"""How a command shows a moment."""

from __future__ import annotations

from datetime import datetime

from api.clock import MOROCCO
from api.region import places


def when(moment: datetime | None) -> str:
    """A moment in Moroccan time, to the minute; "" where there is none."""
    return f"{moment.astimezone(MOROCCO):%d/%m/%Y %H:%M}" if moment else ""


def place(code: str | None, *, none: str = "the Region") -> str:
    """A province by code and name, as "01.571 Tétouan"; `none` if it is of no province."""
    return places.label(code, unknown=none)


def roughly(count: int) -> str:
    """A count in steps of ten, upward: an exact one would move when a single person answers."""
    return f"up to {-(-count // 10) * 10}"
