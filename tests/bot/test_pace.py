"""The rate of messages to one chat."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from bot.chat_rate import ChatRate


@given(st.lists(st.tuples(st.integers(1, 4), st.floats(0, 3)), max_size=60))
def test_no_two_turns_of_a_chat_are_closer_than_a_second(writes: list[tuple[int, float]]) -> None:
    now = 0.0
    rate = ChatRate(lambda: now)
    turns: dict[int, list[float]] = {}
    for chat, pause in writes:
        now += pause
        turns.setdefault(chat, []).append(now + rate.reserve(chat))
    for times in turns.values():
        assert all(after - before >= 1 - 1e-9 for before, after in pairwise(times))
        assert times == sorted(times)


def test_a_chat_not_written_to_lately_waits_for_nothing() -> None:
    now = 0.0
    rate = ChatRate(lambda: now)
    assert [rate.reserve(chat) for chat in range(3000)] == [0.0] * 3000
    now = 1.0
    assert rate.reserve(2999) == 0.0
