"""How a command shows a moment."""

from __future__ import annotations

from datetime import datetime

from api.clock import MOROCCO


def when(moment: datetime | None) -> str:
    """A moment in Moroccan time, to the minute; "" where there is none."""
    return f"{moment.astimezone(MOROCCO):%d/%m/%Y %H:%M}" if moment else ""
