"""The pace of a lane: its slots never exceed the rate, even if messages leave late; and how much is claimed."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.outbox.flow import circuit_breaker
from api.outbox.flow import slots as flow_slots
from api.outbox.models import Lane

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def lane(per_second: float = 10.0, **more: object) -> Lane:
    fields = {"per_second": per_second, "next_slot": NOW, "tried": 0, "failed": 0, "taken": 0, **more}
    return Lane(road="twilio", **fields)


@given(st.floats(0.5, 500), st.lists(st.integers(1, 8), min_size=1, max_size=60))
def test_slots_never_exceed_the_rate(per_second: float, parts: list[int]) -> None:
    lane_ = lane(per_second)
    slots = flow_slots.reserve(lane_, NOW, parts)
    assert slots[0].at == NOW
    for slot, after, count in zip(slots, [*(each.at for each in slots[1:]), lane_.next_slot], parts, strict=True):
        assert (after - slot.at).total_seconds() * per_second >= count
    assert [slot.number for slot in slots] == [sum(parts[:place]) for place in range(len(parts))]


def test_slots_use_the_rate() -> None:
    slots = flow_slots.reserve(lane(50.0), NOW, [1] * 3001)
    assert 0.98 < 60 / (slots[3000].at - NOW).total_seconds() < 1


@given(st.integers(5, 200), st.lists(st.floats(0.0, 0.06), min_size=300, max_size=300), st.integers(1, 40))
def test_no_second_exceeds_the_rate_however_late_messages_leave(rate: int, delays: list[float], batch: int) -> None:
    """Messages leave up to 60 ms late; lateness is known before more is claimed."""
    lane_, now, left = lane(float(rate)), NOW, []
    while len(left) < len(delays):
        now = max(now, lane_.next_slot - flow_slots.LOOK)
        for slot in flow_slots.reserve(
            lane_, now, [1] * min(flow_slots.room(lane_, now, batch), len(delays) - len(left))
        ):
            left.append((slot, slot.at + timedelta(seconds=delays[len(left)])))
        # Messages that left before the next claim are known to it, later ones to the claim after it.
        horizon = max(now, lane_.next_slot - flow_slots.LOOK)
        late = [each for each in left if horizon - SECOND < each[1] <= horizon and flow_slots.is_late(*each)]
        lane_.next_slot = flow_slots.next_slot_after(lane_, late) if late else lane_.next_slot
    moments = sorted(moment for _, moment in left)
    assert all(after - before >= SECOND for before, after in zip(moments, moments[rate:], strict=False))


def test_late_messages_delay_the_lane_once() -> None:
    lane_ = lane(50.0)
    slots = flow_slots.reserve(lane_, NOW, [1] * 40)
    before = lane_.next_slot
    stalled = [(slot, NOW + timedelta(milliseconds=30)) for slot in slots[:2]]  # the first 30 ms late, the second 10
    lane_.next_slot = flow_slots.next_slot_after(lane_, stalled)
    assert lane_.next_slot - before == pytest.approx(timedelta(milliseconds=21), abs=timedelta(milliseconds=0.1))
    assert flow_slots.next_slot_after(lane_, stalled) == lane_.next_slot
    in_time = (slots[2], slots[2].at + timedelta(milliseconds=9))
    assert flow_slots.next_slot_after(lane_, [in_time]) == lane_.next_slot


@pytest.mark.parametrize(("late", "delayed", "missed"), [(0, False, False), (9, False, False), (10, True, False),
                                                          (40, True, False), (41, True, True)])  # fmt: skip
def test_a_little_late_is_tolerated_and_much_is_missed(late: int, delayed: bool, missed: bool) -> None:
    slot, moment = flow_slots.Slot(NOW, 0), NOW + timedelta(milliseconds=late)
    assert flow_slots.is_late(slot, moment) is delayed
    assert flow_slots.is_missed(slot, moment, per_second=50.0) is missed
    assert not flow_slots.is_missed(slot, moment, per_second=math.inf)


@pytest.mark.parametrize(
    ("more", "most", "expected"),
    [
        ({}, 99, 8),
        ({}, 3, 3),
        ({}, 0, 0),
        ({"next_slot": NOW + flow_slots.LOOK}, 99, 4),
        ({"next_slot": NOW + flow_slots.LOOK + timedelta(milliseconds=1)}, 99, 0),
        ({"next_slot": NOW - timedelta(hours=1)}, 99, 8),  # unused slots are not saved up
        ({"paused_until": NOW + timedelta(seconds=1)}, 99, 0),
        ({"paused_until": NOW}, 99, circuit_breaker.TRIAL),
        ({"paused_until": NOW}, 1, 1),
        ({"per_second": 0.2}, 99, 1),  # a slow road still has room
        ({"per_second": math.inf}, 99, 99),
    ],
)
def test_room(more: dict[str, object], most: int, expected: int) -> None:
    assert flow_slots.room(lane(**more), NOW, most) == expected  # type: ignore[arg-type]


def test_room_counts_segments() -> None:
    assert flow_slots.room(lane(), NOW, 99, parts=4.0) == 2


@pytest.mark.parametrize(("per_second", "expected"), [(0.2, 8), (10.0, 20), (25.0, 50), (1000.0, 250), (math.inf, 250)])
def test_a_process_claims_two_seconds_of_a_road_at_most(per_second: float, expected: int) -> None:
    assert flow_slots.at_once(per_second, 250) == expected
    assert flow_slots.at_once(per_second, 5) == 5


def test_the_first_slot_is_a_lead_away_where_there_is_a_rate() -> None:
    lead = timedelta(milliseconds=20)
    assert flow_slots.reserve(lane(50.0), NOW, [1], lead=lead)[0].at == NOW + lead
    assert flow_slots.reserve(lane(50.0, next_slot=NOW + SECOND), NOW, [1], lead=lead)[0].at == NOW + SECOND
    assert [slot.at for slot in flow_slots.reserve(lane(math.inf), NOW, [1, 2], lead=lead)] == [NOW, NOW]
