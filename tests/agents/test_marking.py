"""The keys of a person's questions and cards contain their serial: nobody else's tap on them counts."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from api.channel import Choice, Reply
from api.conversations.agent_sessions import AgentSession, HelpedPerson, OwnPlace
from api.dialogue.agent_session import mark, unmark


def turn(serial: str | None, *, session: bool = True) -> Any:
    person = HelpedPerson("sealed", serial, 1) if serial else None
    assisting = AgentSession(1, 1, None, "plan", OwnPlace(None, 0), datetime.now(UTC), person)
    return SimpleNamespace(conversation=SimpleNamespace(assisting=assisting if session else None))


@pytest.mark.parametrize("key", ["q:12:yes", "card:12:3:pick", "card:12"])
def test_a_marked_key_is_its_persons_alone(key: str) -> None:
    (reply,) = mark(turn("a1b2c3"), [Reply("", (Choice(key, "x"), Choice("home:change", "y")))])
    shown, other = (choice.key for choice in reply.choices)
    assert (unmark(turn("a1b2c3"), shown), other) == (key, "home:change")
    assert len(shown) <= len(key) + 10
    for somebody in (turn("ffffff"), turn(None), turn(None, session=False)):
        assert unmark(somebody, shown) is None


@pytest.mark.parametrize("key", ["q:12:yes", "card:12:3:pick"])
def test_ones_own_key_counts_only_outside_a_session(key: str) -> None:
    assert unmark(turn(None, session=False), key) == key
    assert unmark(turn("a1b2c3"), key) is None
    assert unmark(turn(None), key) is None


@pytest.mark.parametrize("key", ["as:", "as:a1b2c3:", "as:a1b2c3:home:change", "as:a1b2c3:stop"])
def test_a_forged_one_opens_nothing(key: str) -> None:
    assert unmark(turn("a1b2c3"), key) is None
