"""How commands show moments, places and how something stands."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from api.clock import MOROCCO
from api.region import places


class Timed(Protocol):
    """What opens and closes: a consultation as a row, or as it is shown."""

    state: str
    opens_at: datetime | None
    opened_at: datetime | None
    closes_at: datetime | None
    closed_at: datetime | None


def when(moment: datetime | None) -> str:
    """A moment in Moroccan time, to the minute; "" where there is none."""
    return f"{moment.astimezone(MOROCCO):%d/%m/%Y %H:%M}" if moment else ""


def standing(found: Timed) -> str:
    """How a consultation stands and what comes next, as "open since 29/11/2026 09:49; it closes when you say so"."""
    closes = f"it closes {_on(found.closes_at)}"
    if found.state == "open":
        return f"{_since('open', found.opened_at)}; {closes}"
    if found.state == "closed":
        return _since("closed", found.closed_at)
    return f"a {found.state}; it opens {_on(found.opens_at)}, {closes}"


def _since(state: str, moment: datetime | None) -> str:
    return f"{state} since {when(moment)}" if moment else state


def _on(moment: datetime | None) -> str:
    return f"on {when(moment)}" if moment else "when you say so"


def place(code: str | None, *, none: str = "the Region") -> str:
    """A province by code and name, as "01.571 Tétouan"; `none` if it is of no province."""
    return places.label(code, unknown=none)


def counted(count: int, one: str, many: str = "") -> str:
    """A count with what is counted, as "1 SMS segment" or "2 people"; `many` where it is not `one` with an s."""
    return f"{count} {one if count == 1 else many or one + 's'}"


def people(count: int) -> str:
    """A count of people."""
    return counted(count, "person", "people")


def roughly(count: int) -> str:
    """A count in steps of ten, upward: an exact one would move when a single person answers."""
    return f"up to {-(-count // 10) * 10}"
