"""The one place that knows what time it is, so that a test can say so, and Morocco's time zone."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.resources import files
from zoneinfo import ZoneInfo

ZONE = "Africa/Casablanca"


def zone() -> ZoneInfo:
    """Morocco's zone as the package `tzdata` has it, never the system: that may be years older.

    Since 20 September 2026 Morocco stays at UTC+0, which data older than 2026c do not know.
    """
    with files("tzdata").joinpath("zoneinfo", *ZONE.split("/")).open("rb") as file:
        return ZoneInfo.from_file(file, key=ZONE)


MOROCCO = zone()  # always ask it for the offset: it changed for Ramadan, and may again

Clock = Callable[[], datetime]


def ticks() -> float:
    """Seconds since the machine started, which nobody can set; those that it slept through count where it says so."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


def now() -> datetime:
    """The present moment, with its time zone (UTC)."""
    return datetime.now(UTC)
