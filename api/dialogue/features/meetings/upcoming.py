"""The upcoming meetings as residents see them: in which order they are listed, and under which label."""

from __future__ import annotations

from collections.abc import Sequence

from api.channel import Choice
from api.dialogue.turn import Turn
from api.i18n import Voice
from api.meetings import notifications, service
from api.meetings.models import Meeting
from api.meetings.service import Counts

SHOWN = 5  # maximum number of meetings in a list, which must fit two SMS
_ALL = 1000  # more meetings than there will ever be


def label(voice: Voice, meeting: Meeting, counts: Counts | None) -> str:
    """Return a meeting's label in a list: when and where it is, and whether it is full."""
    text = f"{notifications.start_text(meeting, voice)} {notifications.place_text(meeting, voice)}"
    if free(meeting, counts):
        return text
    word = voice("meeting.full")
    return f"{text} ({word})"


def free(meeting: Meeting, counts: Counts | None) -> int:
    """Return the number of free seats. It is 0 while somebody is waiting for a seat."""
    if counts is None:
        return meeting.seats
    return max(meeting.seats - counts.taken, 0) if not counts.waiting else 0


async def upcoming(turn: Turn) -> Sequence[tuple[Meeting, str | None]]:
    """Return all upcoming meetings, each with the state of the resident's registration (None if not registered).

    Meetings in the resident's province come first.
    """
    return await service.upcoming(
        turn.session, resident_id=turn.resident.id, province=turn.resident.province, now=turn.now, limit=_ALL
    )


def back(voice: Voice) -> Choice:
    """Return the choice "Back", which leaves the meetings."""
    return Choice("meet:leave:back", voice("word.back"), action=True)
