"""The circuit breaker of a road: it pauses the road when too many of its messages fail, and tests it later.

These are pure rules without database access. A road is a route by which messages leave.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import Enum
from typing import NamedTuple

SAMPLE = 50  # attempts before failures can open the circuit; up to twice as many are counted
SHARE = 0.5  # the share of failures among these attempts that opens the circuit
REST = timedelta(minutes=5)  # how long the circuit stays open before the road is tested
TRIAL = 3  # messages that test the road: with three, one wrong number does not decide
PATIENCE = timedelta(seconds=30)  # time before another test if the first brings no result because its process died


class Attempts(NamedTuple):
    """How many messages were tried, and how many of them failed because of the road."""

    tried: int = 0
    failed: int = 0


class State(Enum):
    """The state of a circuit. CLOSED lets all messages through. OPEN lets none. HALF_OPEN lets a few test the road."""

    CLOSED, OPEN, HALF_OPEN = "closed", "open", "half-open"


class Verdict(Enum):
    """What to do with a road after some attempts: change nothing, pause it (REST), or close the circuit again."""

    AS_BEFORE, REST, CLOSE = "as before", "rest", "close"


def state(paused_until: datetime | None, now: datetime) -> State:
    """Return the state of a road's circuit. Once its pause has ended, it is half open until a test succeeds."""
    if paused_until is None:
        return State.CLOSED
    return State.OPEN if paused_until > now else State.HALF_OPEN


def verdict(latest: Attempts, trial: Attempts) -> Verdict:
    """Decide what to do after the latest attempts. `trial` counts those that tested a half-open circuit."""
    # one success in a test is enough; a message sent before the circuit opened is no test
    if trial.tried > trial.failed:
        return Verdict.CLOSE
    if trial.tried or (latest.tried >= SAMPLE and latest.failed >= SHARE * latest.tried):
        return Verdict.REST
    return Verdict.AS_BEFORE
