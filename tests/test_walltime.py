"""Announced times keep their wall time when zone data change."""

from __future__ import annotations

import itertools
import json
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError
from sqlalchemy import bindparam, func, select

from api.campaigns.sending_hours import Hours
from api.clock import zone
from api.consultations.fields import Moment
from api.consultations.models import Consultation
from api.db import Moment as MomentType
from api.wall_time import Reached, WallTime, instant, reached, wall
from tests import zones

ROOT = Path(__file__).resolve().parents[1]
ENTERED = [zones.OLD, zones.NEW]
# In each of these years Morocco's clocks were put back for Ramadan and forward after it.
at = datetime.fromisoformat
YEARS = st.datetimes(at("2013-01-01"), at("2026-09-01"))
SECONDS = st.integers(-7200, 7200)


def changes() -> list[datetime]:
    """The wall time at the end of each day on which clocks changed."""
    noons = [datetime(2013, 1, 1, 12, tzinfo=UTC) + timedelta(days=number) for number in range(365 * 14)]
    shown = [wall(noon) for noon in noons]
    return [two for one, two in itertools.pairwise(shown) if two - one != timedelta(days=1)]


CHANGES = changes()


def test_morocco_stays_at_utc_since_20_september_2026() -> None:
    assert zone().utcoffset(at("2026-09-01T10:00")) == timedelta(hours=1)
    assert zone().utcoffset(at("2026-09-21T10:00")) == timedelta()


def test_nothing_else_asks_for_a_zone() -> None:
    """Other modules would get the system's zone data, which may be years older."""
    packages = [path for name in ("api", "bot", "sms", "rehearsal", "sawt") for path in (ROOT / name).rglob("*.py")]
    asking = {
        path.relative_to(ROOT).as_posix() for path in packages if "zoneinfo" in path.read_text(encoding="utf-8").lower()
    }
    assert asking == {"api/clock.py", "sawt/doctor/zone_checks.py"}


@pytest.mark.parametrize(
    ("shown", "meant"),
    [
        ("2026-02-15T01:59", "2026-02-15T00:59Z"),
        ("2026-02-15T02:30", "2026-02-15T01:30Z"),  # ambiguous: clocks were put back from 3:00 to 2:00
        ("2026-02-15T03:00", "2026-02-15T03:00Z"),
        ("2026-03-22T01:59", "2026-03-22T01:59Z"),
        ("2026-03-22T02:30", "2026-03-22T02:00Z"),  # skipped: clocks were put forward from 2:00 to 3:00
        ("2026-03-22T03:10", "2026-03-22T02:10Z"),
        ("2026-12-01T10:00", "2026-12-01T10:00Z"),
    ],
)
def test_what_a_time_on_the_wall_means(shown: str, meant: str) -> None:
    assert instant(at(shown)) == at(meant)


@given(shown=YEARS, near=SECONDS)
def test_what_is_due_on_the_wall_is_due_in_truth(shown: datetime, near: int) -> None:
    now = instant(shown) + timedelta(seconds=near)
    assert (instant(shown) <= now) == (shown <= reached(now))
    assert (instant(shown) > now) == (shown > reached(now))


@given(change=st.sampled_from(CHANGES), shown=st.integers(-5400, 5400), near=st.integers(-5400, 5400))
def test_it_is_so_around_each_change_too(change: datetime, shown: int, near: int) -> None:
    around = change.replace(hour=2, minute=30)  # clocks are put back at 3:00, forward at 2:00
    one, two = around + timedelta(seconds=shown), around + timedelta(seconds=shown + abs(near))
    now = instant(around) + timedelta(seconds=near)
    assert (instant(one) <= now) == (one <= reached(now))
    assert instant(one) <= instant(two)
    assert wall(instant(one)) >= one  # equal, or skipped


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-12-01T10:00[Africa/Casablanca]", "2026-12-01T10:00Z"),
        ("2026-12-01 10:00[Africa/Casablanca]", "2026-12-01T10:00Z"),
        ("2026-07-01T10:00:00[Africa/Casablanca]", "2026-07-01T09:00Z"),
        ("2026-12-01T10:00+01:00", "2026-12-01T09:00Z"),
    ],
)
def test_what_staff_write_with_the_zone_or_an_offset(written: str, meant: str) -> None:
    assert TypeAdapter(Moment).validate_python(written) == at(meant)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("2026-12-01", "timezone"),
        ("ten[Africa/Casablanca]", "write the time as 2026-12-01T10:00"),
        ("2026-12-01[Africa/Casablanca]", "write the time as"),
        ("2026-12-01T10:00+01:00[Africa/Casablanca]", "write the time as"),
        ("0001-01-01T00:00[Africa/Casablanca]", "write the time as"),
        ("2026-12-01T10:00[Europe/Paris]", "valid datetime"),
    ],
)
def test_what_may_mean_two_things_is_asked_back(written: str, said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        TypeAdapter(Moment).validate_json(json.dumps(written))


def test_what_the_database_would_compare_by_its_own_zone_is_refused() -> None:
    for other in (bindparam("now", type_=MomentType()), Consultation.closed_at):
        with pytest.raises(TypeError, match="Reached"):
            _ = Consultation.closes_at <= other
    assert isinstance((Consultation.closes_at <= datetime.now(UTC)).right.type, Reached)
    assert isinstance(select(func.min(Consultation.closes_at)).scalar_subquery().type, WallTime)


@pytest.mark.parametrize("data", ENTERED, ids=["old data", "new data"])
def test_quiet_hours_and_friday_follow_the_wall(data: ZoneInfo, monkeypatch: pytest.MonkeyPatch) -> None:
    zones.go_by(monkeypatch, data)
    friday = at("2026-12-04")
    open_at = [hour for hour in range(24) if Hours().open_at(datetime.combine(friday, time(hour), data))]
    assert open_at == [9, 10, 11, 15, 16, 17, 18, 19]
