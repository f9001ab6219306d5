"""The states of letters."""

from __future__ import annotations

from enum import StrEnum


class LetterState(StrEnum):
    """The state of a letter."""

    OPEN = "open"
    ANSWERED = "answered"
    CLOSED = "closed"
