"""The circuit of a road: when too many failures open it, how it is tried again, and what closes it. Pure rules."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import Enum
from typing import NamedTuple

SAMPLE = 50  # attempts before failures may open it; twice as many are remembered
SHARE = 0.5  # of failures among them
REST = timedelta(minutes=5)  # how long it stays open, before it is tried again
TRIAL = 3  # messages that try it: what one wrong number says of a road, three may outvote
PATIENCE = timedelta(seconds=30)  # before it is tried again where a trial brought no word: the process that tried died


class Attempts(NamedTuple):
    """How many messages were handed over or refused, and how many of the refusals speak against the road."""

    tried: int = 0
    failed: int = 0


class State(Enum):
    """CLOSED lets all through, OPEN none, HALF_OPEN a few that try it."""

    CLOSED, OPEN, HALF_OPEN = "closed", "open", "half-open"


class Verdict(Enum):
    """What attempts say: nothing new, that the road is to rest, or that it works again."""

    AS_BEFORE, REST, CLOSE = "as before", "rest", "close"


def state(paused_until: datetime | None, now: datetime) -> State:
    """The state of a lane's circuit: a pause that is over is no pause any more, but not forgotten either."""
    if paused_until is None:
        return State.CLOSED
    return State.OPEN if paused_until > now else State.HALF_OPEN


def verdict(latest: Attempts, trial: Attempts) -> Verdict:
    """What the latest attempts say, `trial` being those that just tried a half-open circuit.

    One that went well closes it, however many failed beside it: the share of failures is watched again from there.
    What left before the circuit opened and is answered only now is no trial, and closes nothing.
    """
    if trial.tried > trial.failed:
        return Verdict.CLOSE
    if trial.tried or (latest.tried >= SAMPLE and latest.failed >= SHARE * latest.tried):
        return Verdict.REST
    return Verdict.AS_BEFORE
