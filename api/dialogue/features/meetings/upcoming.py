"""Upcoming meetings as residents see them: which ones, in which order, and how a list names each."""

from __future__ import annotations

from collections.abc import Sequence

from api.channel import Choice
from api.dialogue.turn import Turn
from api.i18n import Voice
from api.meetings import notifications, service
from api.meetings.models import Meeting
from api.meetings.service import Counts

SHOWN = 5  # meetings in a list, which must fit two SMS
_ALL = 1000  # more than there ever are


def label(voice: Voice, meeting: Meeting, counts: Counts | None) -> str:
    """A meeting in a list: when and where, and whether it is full."""
    text = f"{notifications.start_text(meeting, voice)} {notifications.place_text(meeting, voice)}"
    if free(meeting, counts):
        return text
    word = voice("meeting.full")
    return f"{text} ({word})"


def free(meeting: Meeting, counts: Counts | None) -> int:
    """The free seats: none while somebody is waiting for one."""
    if counts is None:
        return meeting.seats
    return max(meeting.seats - counts.taken, 0) if not counts.waiting else 0


async def upcoming(turn: Turn) -> Sequence[tuple[Meeting, str | None]]:
    """All upcoming meetings, those in their province first, with the state of their registration."""
    return await service.upcoming(
        turn.session, resident_id=turn.resident.id, province=turn.resident.province, now=turn.now, limit=_ALL
    )


def back(voice: Voice) -> Choice:
    """The way out of the meetings."""
    return Choice("meet:leave:back", voice("word.back"), action=True)
