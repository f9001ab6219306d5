"""Meetings as staff read them, over the JSON API and on the command line: with their counts."""

from __future__ import annotations

from dataclasses import asdict

from sqlalchemy.ext.asyncio import AsyncSession

from api.meetings import service
from api.meetings.models import Meeting
from api.meetings.schemas import MeetingOut
from api.meetings.service import Counts


async def out(session: AsyncSession, found: Meeting) -> MeetingOut:
    """A meeting with its counts, which are read."""
    return shown(found, await service.counts(session, found.id))


def shown(found: Meeting, counts: Counts) -> MeetingOut:
    """A meeting with counts that were read already."""
    return MeetingOut(
        **{name: getattr(found, name) for name in MeetingOut.model_fields if hasattr(found, name)},
        number=found.id,
        **asdict(counts),
    )
