"""The pace of a lane: how many messages may be claimed, when each may leave, and what if one is late. Pure rules."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from api.outbox.flow import circuit_breaker
from api.outbox.flow.circuit_breaker import State
from api.outbox.models import Lane

AHEAD = timedelta(seconds=0.8)  # slots are reserved no further ahead: a process that dies wastes no more
LOOK = AHEAD / 2  # a claim waits until this much is free: smaller ones cost statements and bring nothing

# A road of 50 a second is exceeded by 51 messages within a second: by 50 gaps that took less than one. Their slots lie
# 50 x _APART / 50 = _APART seconds apart, so the first must have left _APART - 1 = 17 ms later after its slot than the
# last after its own; for any other rate the sum is the same. A road is used to 1 / _APART = 98.3 % then.
# Of the 17 ms, 8 are SPARE: a timer may be one early, and some of a message's way can not be measured from here. One
# that leaves later than the other 9 is made up for: the message a second's worth of slots behind it has no slot yet, as
# _SECOND > AHEAD, so whatever comes next on the lane is moved away from it (`made_up`). A stall of 20 ms costs the lane
# 11 ms, not a burst; several at a time cost it no more than the longest.
# Later than _LATE a message keeps its slot no more, and takes a new one: a process that slept must not wake with a
# volley, and what is made up for must be known before the slots that it concerns are given away.
_SECOND = timedelta(seconds=1)
_APART = 1.017
SPARE = timedelta(milliseconds=8)
_TOLERATED = _SECOND * (_APART - 1) - SPARE
_LATE = timedelta(milliseconds=40)


class Slot(NamedTuple):
    """When a message may leave, and how many segments were given a slot on this lane before it."""

    at: datetime
    number: int


def room(lane: Lane, now: datetime, most: int, *, parts: float = 1.0) -> int:
    """How many messages may be claimed now, `most` at most, where they have so many `parts` on average.

    None while the lane rests or is reserved for a while yet; a few where a rest is over and the road is to be tried.
    One at least where there is room at all: a road may be slower than one message in `AHEAD`.
    """
    found, ahead = circuit_breaker.state(lane.paused_until, now), max(lane.next_slot - now, timedelta())
    if found is State.OPEN or ahead > LOOK:
        return 0
    most = min(most, circuit_breaker.TRIAL) if found is State.HALF_OPEN else most
    free = (AHEAD - ahead).total_seconds() * lane.per_second / parts
    return most if free >= most else max(int(free), min(most, 1))


def reserve(lane: Lane, now: datetime, parts: Sequence[int], *, lead: timedelta = timedelta()) -> list[Slot]:
    """A slot for each message, one after another. The first is `lead` away, so that a claim is through by then.

    After a message of several segments stands a gap for all of them: a gateway that passes segments on one by one at
    the road's rate is through with them when the next message comes.
    """
    slots, at = [], max(lane.next_slot, now + lead if math.isfinite(lane.per_second) else now)
    for count in parts:
        slots.append(Slot(at, lane.taken))
        at += _gap(lane, count)
        lane.taken += max(count, 1)
    lane.next_slot = at
    return slots


def is_late(slot: Slot, left: datetime) -> bool:
    """Whether a message left so late that the lane has to make up for it."""
    return left - slot.at > _TOLERATED


def is_missed(slot: Slot, now: datetime, *, per_second: float) -> bool:
    """Whether a message is too late for its slot, so that it must take a new one. Without a rate there is no late."""
    return math.isfinite(per_second) and now - slot.at > _LATE


def made_up(lane: Lane, late: Iterable[tuple[Slot, datetime]]) -> datetime:
    """The next slot of a lane, where these messages left late.

    A second's worth of segments behind each is one that may leave a second after it, and not before; the slots up to
    there are counted back from it.
    """
    moments = (left + _SECOND + SPARE - _gap(lane, slot.number + lane.per_second - lane.taken) for slot, left in late)
    return max(lane.next_slot, *moments)


def at_once(per_second: float, ceiling: int) -> int:
    """How many deliveries a process may have claimed and not settled: as many as a crash leaves unsure at most.

    Two seconds of the road: nearly one that waits for its slots (`AHEAD`), and one on the wire. Eight for the slowest.
    """
    return ceiling if 2 * per_second >= ceiling else min(max(math.ceil(2 * per_second), 8), ceiling)


def _gap(lane: Lane, segments: float) -> timedelta:
    return timedelta(seconds=segments * _APART / lane.per_second)
