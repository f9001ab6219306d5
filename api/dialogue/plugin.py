"""The interface of everything that can ask a resident something and take the answer: every step and feature."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Protocol

from api.dialogue.turn import Outcome, Turn, Utterance


class Plugin(Protocol):
    """A module of `steps/`, or a `Feature`. The router and `onward` call nothing else of them."""

    def ask(self, turn: Turn, /) -> Awaitable[None]:
        """Ask, or ask again."""

    def hear(self, turn: Turn, utterance: Utterance, /) -> Awaitable[Outcome]:
        """Take what the resident said or tapped."""
