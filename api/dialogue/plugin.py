"""The interface of every step and feature: each can ask a resident something and handle the answer."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Protocol

from api.dialogue.turn import Outcome, Turn, Utterance


class Plugin(Protocol):
    """A module of `steps/`, or a `Feature`. The router and `onward` use only these two functions."""

    def ask(self, turn: Turn, /) -> Awaitable[None]:
        """Ask, or ask again."""

    def hear(self, turn: Turn, utterance: Utterance, /) -> Awaitable[Outcome]:
        """Handle what the resident wrote or tapped."""
