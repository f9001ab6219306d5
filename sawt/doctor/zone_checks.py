"""`sawt doctor` on Morocco's time zone: check the zone data that Sawt uses, and whether the system's data agree."""

from __future__ import annotations

import zoneinfo
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tzdata import IANA_VERSION

from api.clock import MOROCCO, ZONE, now
from sawt.doctor.finding import Finding

_KNOWN = datetime(2026, 9, 21, tzinfo=UTC)  # Morocco has been at UTC+0 since the day before (tzdata 2026c)
_AHEAD = 366  # days to compare
_SUBJECT, _SYSTEM = "Morocco's clock", "the system's tzdata"


def check_zone() -> Iterator[Finding]:
    """Check Sawt's own zone data, then the system's."""
    yield _own()
    yield _system()


def _own() -> Finding:
    if _offset(_KNOWN, MOROCCO):
        words = f"tzdata {IANA_VERSION} is wrong by an hour since 20 September 2026: pip install 'tzdata>=2026.3'"
        return Finding(_SUBJECT, False, words)
    return Finding(_SUBJECT, True, f"UTC{_offset(now(), MOROCCO) / timedelta(hours=1):+g} now, tzdata {IANA_VERSION}")


def _system() -> Finding:
    """Compare the system's zone data with Sawt's.

    Sawt itself never reads the system's data, but cron, logs and the database on this machine do.
    """
    folder = next((path for path in map(Path, zoneinfo.TZPATH) if (path / ZONE).is_file()), None)
    if folder is None:
        return Finding(_SYSTEM, True, "the system has no zone data, and Sawt does not need it")
    version = _version(folder)
    day = _first_difference(folder)
    if day is None:
        return Finding(_SYSTEM, True, f"{version}, which agrees with Sawt's zone data for Morocco")
    words = (
        f"{version} is wrong for Morocco from {day:%d/%m/%Y} on. Sawt uses its own data ({IANA_VERSION}), "
        "but upgrade the system's"
    )
    return Finding(_SYSTEM, None, f"{words} for other programs, such as cron and the database")


def _first_difference(folder: Path) -> datetime | None:
    """Return the next day on which the system and Sawt disagree about Morocco's time; None if they agree."""
    with (folder / ZONE).open("rb") as file:
        system = zoneinfo.ZoneInfo.from_file(file)
    days = (now() + timedelta(days=number) for number in range(_AHEAD))
    return next(
        (day for day in days if day.astimezone(system).utcoffset() != day.astimezone(MOROCCO).utcoffset()), None
    )


def _offset(moment: datetime, zone: zoneinfo.ZoneInfo) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta()


def _version(folder: Path) -> str:
    """Return the version in the first line of tzdata.zi, which looks like "# version 2025b"."""
    try:
        with (folder / "tzdata.zi").open(encoding="utf-8", errors="replace") as file:
            return file.readline().removeprefix("# version").strip()[:20] or "unknown version"
    except OSError:
        return "unknown version"
