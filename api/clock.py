"""The current time, in one place so that tests can replace it, and Morocco's time zone."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.resources import files
from zoneinfo import ZoneInfo

ZONE = "Africa/Casablanca"


def zone() -> ZoneInfo:
    """Return Morocco's time zone from the `tzdata` package, as the system's data may be years older.

    Morocco has stayed at UTC+0 since 20 September 2026. Data before version 2026c does not know that.
    """
    with files("tzdata").joinpath("zoneinfo", *ZONE.split("/")).open("rb") as file:
        return ZoneInfo.from_file(file, key=ZONE)


MOROCCO = zone()  # always get the offset from this zone: it used to change for Ramadan, and may change again

Clock = Callable[[], datetime]


def ticks() -> float:
    """Return the seconds since the machine started, from a clock that nobody can set.

    The time during which the machine slept is included, if the system can tell.
    """
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


def now() -> datetime:
    """Return the current time in UTC."""
    return datetime.now(UTC)
