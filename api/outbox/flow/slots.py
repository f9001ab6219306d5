"""The pace of a lane: how many messages may be claimed, when each leaves, and what a late one changes. Pure rules."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from api.outbox.flow import circuit_breaker
from api.outbox.flow.circuit_breaker import State
from api.outbox.models import Lane

AHEAD = timedelta(seconds=0.8)  # slots are reserved no further ahead, so a process that dies wastes little
LOOK = AHEAD / 2  # a claim waits until this much is free: smaller claims cost more statements

# A rate of 50 per second is exceeded if 51 messages leave within a second, that is, if 50 gaps take less than a second.
# The first and last of their slots are 50 x _APART / 50 = _APART seconds apart, so the first message must have left
# _APART - 1 = 17 ms later, relative to its slot, than the last. This holds for any rate. The road is then used to
# 1 / _APART = 98.3 %.
# SPARE takes 8 of the 17 ms: timers may fire 1 ms early, and part of the way to the wire cannot be measured here. After
# a message that is more than the other 9 ms late, the lane's next slot is delayed (`next_slot_after`): the message one
# second of slots later has no slot yet, because _SECOND > AHEAD. A stall of 20 ms costs the lane 11 ms and causes no
# burst; simultaneous stalls cost no more than the longest.
# A message later than _LATE gives up its slot and takes a new one: a process that slept must not send a volley, and a
# delay must be known before the slots it affects are reserved.
_SECOND = timedelta(seconds=1)
_APART = 1.017
SPARE = timedelta(milliseconds=8)
_TOLERATED = _SECOND * (_APART - 1) - SPARE
_LATE = timedelta(milliseconds=40)


class Slot(NamedTuple):
    """When a message may leave, and how many segments had slots on this lane before it."""

    at: datetime
    number: int


class LateDeparture(NamedTuple):
    """A message that left after its slot, and when it left."""

    slot: Slot
    left_at: datetime


def room(lane: Lane, now: datetime, most: int, *, parts: float = 1.0) -> int:
    """How many messages may be claimed now, at most `most`, if they have `parts` segments on average.

    Zero while the lane rests or is reserved ahead, a few while a half-open circuit is tested. At least one if there
    is any room, because a road may be slower than one message per `AHEAD`.
    """
    circuit, ahead = circuit_breaker.state(lane.paused_until, now), max(lane.next_slot - now, timedelta())
    if circuit is State.OPEN or ahead > LOOK:
        return 0
    most = min(most, circuit_breaker.TRIAL) if circuit is State.HALF_OPEN else most
    free = (AHEAD - ahead).total_seconds() * lane.per_second / parts
    return most if free >= most else max(int(free), min(most, 1))


def reserve(lane: Lane, now: datetime, parts: Sequence[int], *, lead: timedelta = timedelta()) -> list[Slot]:
    """Reserve consecutive slots. The first is at least `lead` from now, so that the claim is committed by then.

    A message of several segments is followed by a gap for all of them: a gateway that sends segments one by one at
    the road's rate has finished when the next message arrives.
    """
    slots, at = [], max(lane.next_slot, now + lead if math.isfinite(lane.per_second) else now)
    for segments in parts:
        slots.append(Slot(at, lane.taken))
        at += _gap(lane, segments)
        lane.taken += max(segments, 1)
    lane.next_slot = at
    return slots


def is_late(slot: Slot, left: datetime) -> bool:
    """Whether a message left so late that the lane must be delayed."""
    return left - slot.at > _TOLERATED


def is_missed(slot: Slot, now: datetime, *, per_second: float) -> bool:
    """Whether a message is too late for its slot and needs a new one. Without a rate, nothing is late."""
    return math.isfinite(per_second) and now - slot.at > _LATE


def next_slot_after(lane: Lane, late: Iterable[LateDeparture]) -> datetime:
    """The lane's next slot after messages that left late.

    The message one second of segments behind a late one may leave a second after it, and no earlier; the slots
    before that one are counted back from there.
    """
    gaps = ((left_at, _gap(lane, slot.number + lane.per_second - lane.taken)) for slot, left_at in late)
    return max(lane.next_slot, *(left_at + _SECOND + SPARE - gap for left_at, gap in gaps))


def at_once(per_second: float, ceiling: int) -> int:
    """How many deliveries a process may hold claimed but unsettled, which is also the most a crash leaves unsure.

    Two seconds of the road: about one waiting for slots (`AHEAD`) and one on the wire. At least eight on slow
    roads.
    """
    return ceiling if 2 * per_second >= ceiling else min(max(math.ceil(2 * per_second), 8), ceiling)


def _gap(lane: Lane, segments: float) -> timedelta:
    return timedelta(seconds=segments * _APART / lane.per_second)
