"""Meetings as staff read them, with the numbers of seats and registrations."""

from __future__ import annotations

from dataclasses import asdict

from sqlalchemy.ext.asyncio import AsyncSession

from api.meetings import service
from api.meetings.models import Meeting
from api.meetings.schemas import MeetingOut
from api.meetings.service import Counts


async def out(session: AsyncSession, meeting: Meeting) -> MeetingOut:
    """Count the registrations of a meeting, and return the meeting as staff read it."""
    return describe(meeting, await service.counts(session, meeting.id))


def describe(meeting: Meeting, counts: Counts) -> MeetingOut:
    """Return a meeting as staff read it, with registration counts that the caller has already read."""
    return MeetingOut(
        **{name: getattr(meeting, name) for name in MeetingOut.model_fields if hasattr(meeting, name)},
        number=meeting.id,
        **asdict(counts),
    )
