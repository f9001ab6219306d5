"""What `sawt doctor` says of Morocco's clock: which zone data Sawt goes by, and whether the system's are the same."""

from __future__ import annotations

import zoneinfo
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tzdata import IANA_VERSION

from api.clock import MOROCCO, ZONE, now
from sawt.doctor.finding import Finding

_KNOWN = datetime(2026, 9, 21, tzinfo=UTC)  # Morocco has been at UTC+0 since the day before (tzdata 2026c)
_AHEAD = 366  # days that are compared
_WHAT, _SYSTEM = "Morocco's clock", "the system's tzdata"


def look_at_clock() -> Iterator[Finding]:
    """Ours, then the system's."""
    yield _ours()
    yield _of_system()


def _ours() -> Finding:
    if _offset(_KNOWN, MOROCCO):
        words = f"tzdata {IANA_VERSION} is an hour off since 20 September 2026: pip install 'tzdata>=2026.3'"
        return Finding(_WHAT, False, words)
    return Finding(_WHAT, True, f"UTC{_offset(now(), MOROCCO) / timedelta(hours=1):+g} now, by tzdata {IANA_VERSION}")


def _of_system() -> Finding:
    """Nothing of ours reads it, but what else runs on this machine does: cron, logs, the database."""
    found = next((path for path in map(Path, zoneinfo.TZPATH) if (path / ZONE).is_file()), None)
    if found is None:
        return Finding(_SYSTEM, True, "there is none, and none is needed")
    version = _version(found)
    day = _differs(found)
    if day is None:
        return Finding(_SYSTEM, True, f"{version}, the same for Morocco")
    words = f"{version} differs for Morocco from {day:%d/%m/%Y} on: Sawt goes by its own, {IANA_VERSION}; upgrade it"
    return Finding(_SYSTEM, None, f"{words} for what else runs here, like cron and the database")


def _differs(folder: Path) -> datetime | None:
    """The first of the days to come on which the two are not the same."""
    with (folder / ZONE).open("rb") as file:
        theirs = zoneinfo.ZoneInfo.from_file(file)
    days = (now() + timedelta(days=number) for number in range(_AHEAD))
    return next(
        (day for day in days if day.astimezone(theirs).utcoffset() != day.astimezone(MOROCCO).utcoffset()), None
    )


def _offset(moment: datetime, zone: zoneinfo.ZoneInfo) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta()


def _version(folder: Path) -> str:
    """As its own file says, "# version 2025b"."""
    try:
        with (folder / "tzdata.zi").open(encoding="utf-8", errors="replace") as file:
            return file.readline().removeprefix("# version").strip()[:20] or "of no version"
    except OSError:
        return "of no version"
