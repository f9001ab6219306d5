"""The pace of messages to one chat."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from bot.chat_rate import Pace


@given(st.lists(st.tuples(st.integers(1, 4), st.floats(0, 3)), max_size=60))
def test_no_two_turns_of_a_chat_are_closer_than_a_second(said: list[tuple[int, float]]) -> None:
    now = 0.0
    pace = Pace(lambda: now)
    turns: dict[int, list[float]] = {}
    for chat, pause in said:
        now += pause
        turns.setdefault(chat, []).append(now + pace.wait(chat))
    for found in turns.values():
        assert all(after - before >= 1 - 1e-9 for before, after in pairwise(found))
        assert found == sorted(found)


def test_who_was_not_written_to_lately_waits_for_nothing() -> None:
    now = 0.0
    pace = Pace(lambda: now)
    assert [pace.wait(chat) for chat in range(3000)] == [0.0] * 3000
    now = 1.0
    assert pace.wait(2999) == 0.0
