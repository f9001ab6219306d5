"""The interface of every step and feature: each can ask a resident something and handle the answer."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Protocol

from api.dialogue.turn import Outcome, Turn, Utterance


class Plugin(Protocol):
    """A step (a module of `steps/`) or a feature. The router and `onward` use only these two functions of it."""

    def ask(self, turn: Turn, /) -> Awaitable[None]:
        """Ask the resident what this step or feature asks, for the first time or again."""

    def hear(self, turn: Turn, utterance: Utterance, /) -> Awaitable[Outcome]:
        """Handle what the resident wrote or tapped."""
