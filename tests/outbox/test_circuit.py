"""A road's circuit breaker as a table: verdicts on attempts, and the state a pause means."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from api.outbox.flow.circuit_breaker import Attempts, State, Verdict, state, verdict

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
NONE = Attempts()


@pytest.mark.parametrize(
    ("latest", "trial", "expected"),
    [
        (NONE, NONE, Verdict.AS_BEFORE),
        (Attempts(49, 49), NONE, Verdict.AS_BEFORE),  # too few to judge
        (Attempts(50, 24), NONE, Verdict.AS_BEFORE),
        (Attempts(50, 25), NONE, Verdict.REST),
        (Attempts(90, 45), NONE, Verdict.REST),
        (Attempts(1, 1), Attempts(1, 1), Verdict.REST),  # one failed trial is enough
        (Attempts(3, 3), Attempts(3, 3), Verdict.REST),
        (Attempts(3, 2), Attempts(3, 2), Verdict.CLOSE),  # so is one success
        (Attempts(1, 0), Attempts(1, 0), Verdict.CLOSE),
        (Attempts(60, 20), Attempts(1, 1), Verdict.REST),  # whatever the others say
        (Attempts(90, 80), Attempts(1, 0), Verdict.CLOSE),  # the others are from before
    ],
)
def test_verdicts(latest: Attempts, trial: Attempts, expected: Verdict) -> None:
    assert verdict(latest, trial) is expected


@pytest.mark.parametrize(
    ("paused_until", "expected"),
    [
        (None, State.CLOSED),
        (NOW + timedelta(seconds=1), State.OPEN),
        (NOW, State.HALF_OPEN),
        (NOW - timedelta(days=1), State.HALF_OPEN),
    ],
)
def test_states(paused_until: datetime | None, expected: State) -> None:
    assert state(paused_until, NOW) is expected
