"""Sending hours by weekday, Friday prayer and Ramadan, with a time zone whose offset changes."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.campaigns.sending_hours import ALWAYS, Hours
from api.clock import MOROCCO

HOURS = Hours()
RAMADAN = Hours(ramadan=((date(2027, 2, 8), date(2027, 3, 9)),))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=MOROCCO)


@pytest.mark.parametrize(
    ("moment", "allowed"),
    [
        ("2026-11-24 08:59:59", False),
        ("2026-11-24 09:00:00", True),
        ("2026-11-24 19:59:59", True),
        ("2026-11-24 20:00:00", False),
        ("2026-11-27 11:59:00", True),  # a Friday
        ("2026-11-27 12:00:00", False),
        ("2026-11-27 14:59:00", False),
        ("2026-11-27 15:00:00", True),
        ("2026-11-29 10:00:00", True),  # a Sunday
    ],
)
def test_windows(moment: str, allowed: bool) -> None:
    assert HOURS.open_at(at(moment)) is allowed


def test_ramadan_has_windows_of_its_own() -> None:
    assert not RAMADAN.open_at(at("2027-02-10 09:30"))
    assert RAMADAN.open_at(at("2027-02-10 10:30"))
    assert not RAMADAN.open_at(at("2027-02-10 18:30"))
    assert RAMADAN.open_at(at("2027-02-10 22:00"))
    assert RAMADAN.open_at(at("2027-03-10 09:30"))


def test_the_next_window_is_said_in_any_zone() -> None:
    late = at("2026-11-24 21:00").astimezone(UTC)
    assert HOURS.window(late) == (at("2026-11-25 09:00"), at("2026-11-25 20:00"))


def test_the_offset_is_the_days_own() -> None:
    """Morocco was at UTC+0 in Ramadan and UTC+1 after it, and is at UTC+0 since 20 September 2026."""
    opens = [HOURS.window(at(f"{day} 05:00")) for day in ("2026-03-03", "2026-05-05", "2026-11-24")]
    assert [window[0].astimezone(UTC).hour for window in opens if window] == [9, 8, 9]


def test_no_window_ever() -> None:
    assert Hours(week={}).window(at("2026-11-24 10:00")) is None
    assert not Hours(week={}).open_at(at("2026-11-24 10:00"))


def test_when_it_will_be_over() -> None:
    assert HOURS.finish(at("2026-11-24 19:00"), 3600) == at("2026-11-24 20:00")
    assert HOURS.finish(at("2026-11-24 19:00"), 3601) == at("2026-11-25 09:00:01")
    assert HOURS.finish(at("2026-11-24 22:00"), 60) == at("2026-11-25 09:01")
    assert Hours(week={}).finish(at("2026-11-24 22:00"), 60) is None


MOMENTS = st.integers(0, 4 * 366 * 86_400).map(lambda seconds: at("2026-01-01 00:00") + timedelta(seconds=seconds))


@given(MOMENTS, st.floats(0, 500_000))
def test_finishing_is_always_within_a_window(start: datetime, seconds: float) -> None:
    end = HOURS.finish(start, seconds)
    assert end is not None
    assert end >= start
    assert end - start >= timedelta(seconds=seconds)
    local = end.astimezone(MOROCCO).time()
    assert any(opens <= local <= closes for opens, closes in HOURS.windows(end.astimezone(MOROCCO).date()))


def test_urgent_notices_know_no_hours() -> None:
    assert ALWAYS.open_at(at("2026-11-24 03:00"))
    assert ALWAYS.windows(date(2026, 11, 24))[0][0] == time(0)
