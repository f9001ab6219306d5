"""The states of meetings and of registrations."""

from __future__ import annotations

from enum import StrEnum


class MeetingState(StrEnum):
    """The state of a meeting; MOVED means planned for a new time."""

    PLANNED = "planned"
    MOVED = "moved"
    CANCELLED = "cancelled"
    HELD = "held"


class RegistrationState(StrEnum):
    """Whether a registered resident has a seat or waits for one."""

    SEAT = "seat"
    WAITING = "waiting"
