"""The pace of a lane (a road's sending rate): how many messages may be claimed, and when each may leave.

Each message gets a slot, the time at which it may leave. These are pure rules without database access.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from api.outbox.flow import circuit_breaker
from api.outbox.flow.circuit_breaker import State
from api.outbox.models import Lane

AHEAD = timedelta(seconds=0.8)  # slots are reserved at most this far ahead, so that a process that dies wastes few
LOOK = AHEAD / 2  # deliveries are claimed once this much is free: smaller claims cost more statements

# A rate of 50 per second is exceeded if 51 messages leave within a second, that is, if 50 gaps take less than a second.
# The slots of the first and the last of these messages are 50 x _APART / 50 = _APART seconds apart. The rate is thus
# only exceeded if the first message was at least _APART - 1 = 17 ms later, relative to its slot, than the last. This
# holds for any rate. The price is that only 1 / _APART = 98.3 % of the road's rate is used.
# SPARE takes 8 of the 17 ms: timers may fire 1 ms early, and the last steps before the network cannot be measured here.
# After a message that is more than the other 9 ms late, the lane's next slot is delayed (`next_slot_after`). This is in
# time, because the message one second later has no slot yet: _SECOND > AHEAD. A stall of 20 ms delays the lane by 11 ms
# and causes no burst. Several stalls at the same time cost no more than the longest of them.
# A message later than _LATE gives up its slot and gets a new one. So a process that slept does not send many messages
# at once, and every delay is known before the slots that it affects are reserved.
_SECOND = timedelta(seconds=1)
_APART = 1.017
SPARE = timedelta(milliseconds=8)
_TOLERATED = _SECOND * (_APART - 1) - SPARE
_LATE = timedelta(milliseconds=40)


class Slot(NamedTuple):
    """The time at which a message may leave, and how many segments got earlier slots on the lane."""

    at: datetime
    number: int


class LateDeparture(NamedTuple):
    """The slot of a message that left late, and the time at which it really left."""

    slot: Slot
    left_at: datetime


def room(lane: Lane, now: datetime, most: int, *, parts: float = 1.0) -> int:
    """Return how many messages, at most `most`, may be claimed now. They have `parts` segments on average."""
    circuit, ahead = circuit_breaker.state(lane.paused_until, now), max(lane.next_slot - now, timedelta())
    if circuit is State.OPEN or ahead > LOOK:
        return 0
    most = min(most, circuit_breaker.TRIAL) if circuit is State.HALF_OPEN else most
    free = (AHEAD - ahead).total_seconds() * lane.per_second / parts
    # at least one: a slow road may send less than one message in the time `AHEAD`
    return most if free >= most else max(int(free), min(most, 1))


def reserve(lane: Lane, now: datetime, parts: Sequence[int], *, lead: timedelta = timedelta()) -> list[Slot]:
    """Reserve a slot for each of these messages, and return the slots in order.

    `parts` says how many segments each message has. The first slot is at least `lead` from now, when the claim is
    committed.
    """
    slots, at = [], max(lane.next_slot, now + lead if math.isfinite(lane.per_second) else now)
    for segments in parts:
        slots.append(Slot(at, lane.taken))
        # a gateway may send segments one by one; the gap lets it finish before the next message
        at += _gap(lane, segments)
        lane.taken += max(segments, 1)
    lane.next_slot = at
    return slots


def is_late(slot: Slot, left: datetime) -> bool:
    """Whether a message left so late that the lane must be delayed."""
    return left - slot.at > _TOLERATED


def is_missed(slot: Slot, now: datetime, *, per_second: float) -> bool:
    """Whether a message is so late that it needs a new slot. On a road without a rate, no message is late."""
    return math.isfinite(per_second) and now - slot.at > _LATE


def next_slot_after(lane: Lane, late: Iterable[LateDeparture]) -> datetime:
    """Return when the next message may leave on this lane, after some messages left late."""
    # A road must not send more than its rate within a second. The segments of one second may follow a late message
    # at once. The message after them must leave at least a second later than the late one.
    gaps = ((left_at, _gap(lane, slot.number + lane.per_second - lane.taken)) for slot, left_at in late)
    return max(lane.next_slot, *(left_at + _SECOND + SPARE - gap for left_at, gap in gaps))


def at_once(per_second: float, ceiling: int) -> int:
    """Return how many claimed deliveries a process may have in progress at the same time.

    If the process crashes, at most this many may be in doubt.
    """
    # two seconds: about one to wait for slots (`AHEAD`), and one on the network
    return ceiling if 2 * per_second >= ceiling else min(max(math.ceil(2 * per_second), 8), ceiling)


def _gap(lane: Lane, segments: float) -> timedelta:
    return timedelta(seconds=segments * _APART / lane.per_second)
