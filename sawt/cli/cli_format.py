"""Format moments, places, states and counts for the output of commands."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from api.clock import MOROCCO
from api.region import places


class Timed(Protocol):
    """Anything with opening and closing times: a consultation's row in the database, or the page made from that row."""

    state: str
    opens_at: datetime | None
    opened_at: datetime | None
    closes_at: datetime | None
    closed_at: datetime | None


def when(moment: datetime | None) -> str:
    """Return a moment in Moroccan time, to the minute; "" for None."""
    try:
        return f"{moment.astimezone(MOROCCO):%d/%m/%Y %H:%M}" if moment else ""
    except OverflowError:  # at an end of the calendar
        return str(moment)


def state_sentence(consultation: Timed) -> str:
    """Return a consultation's state and next change, as "open since 29/11/2026 09:49; closes manually"."""
    closes = f"closes {_on(consultation.closes_at)}"
    if consultation.state == "open":
        return f"{_since('open', consultation.opened_at)}; {closes}"
    if consultation.state == "closed":
        return _since("closed", consultation.closed_at)
    return f"a {consultation.state}; opens {_on(consultation.opens_at)}, {closes}"


def _since(state: str, moment: datetime | None) -> str:
    return f"{state} since {when(moment)}" if moment else state


def _on(moment: datetime | None) -> str:
    return f"on {when(moment)}" if moment else "manually"


def place(code: str | None, *, none: str = "the Region") -> str:
    """Return a province's code and name, as "01.571 Tétouan"; return `none` if there is no province."""
    return places.label(code, unknown=none)


def counted(count: int, one: str, many: str = "") -> str:
    """Return a count with its noun, as "1 SMS segment" or "2 people". `many` is the plural if it is irregular."""
    return f"{count} {one if count == 1 else many or one + 's'}"


def people(count: int) -> str:
    """Return a number of people, as "1 person" or "2 people"."""
    return counted(count, "person", "people")


def roughly(count: int) -> str:
    """Return a count rounded up to tens. An exact count would show when a single person answers."""
    return f"up to {-(-count // 10) * 10}"
