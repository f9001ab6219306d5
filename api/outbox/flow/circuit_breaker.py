"""A road's circuit breaker: when failures open it, how it is tested again, and what closes it. Pure rules."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import Enum
from typing import NamedTuple

SAMPLE = 50  # attempts before failures can open it; up to twice as many are counted
SHARE = 0.5  # of failures among them that opens it
REST = timedelta(minutes=5)  # how long it stays open before it is tested
TRIAL = 3  # messages that test it: with three, one wrong number does not decide
PATIENCE = timedelta(seconds=30)  # before another test if one brings no result, because its process died


class Attempts(NamedTuple):
    """How many messages were sent or refused, and how many refusals count against the road."""

    tried: int = 0
    failed: int = 0


class State(Enum):
    """CLOSED lets every message through, OPEN none, HALF_OPEN a few as a test."""

    CLOSED, OPEN, HALF_OPEN = "closed", "open", "half-open"


class Verdict(Enum):
    """What to do after attempts: nothing, rest the road, or close the circuit."""

    AS_BEFORE, REST, CLOSE = "as before", "rest", "close"


def state(paused_until: datetime | None, now: datetime) -> State:
    """The state of a lane's circuit. A pause that has ended still leaves it half open."""
    if paused_until is None:
        return State.CLOSED
    return State.OPEN if paused_until > now else State.HALF_OPEN


def verdict(latest: Attempts, trial: Attempts) -> Verdict:
    """Decide from the latest attempts; `trial` are those that tested a half-open circuit.

    One success closes the circuit, however many others failed: the share of failures is counted again from there.
    An answer to a message sent before the circuit opened is not a test and closes nothing.
    """
    if trial.tried > trial.failed:
        return Verdict.CLOSE
    if trial.tried or (latest.tried >= SAMPLE and latest.failed >= SHARE * latest.tried):
        return Verdict.REST
    return Verdict.AS_BEFORE
