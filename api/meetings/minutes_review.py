"""Let each attendee say once whether the minutes of a meeting are right. Only counts are stored."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Select, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from api.meetings.attendance import was_there
from api.meetings.models import Meeting, Registration
from api.meetings.service import HELD

_AT_ONCE = 1000  # attendees that one transaction asks


class Attendee(NamedTuple):
    """A registration together with its meeting."""

    registration: Registration
    meeting: Meeting


async def judge(session: AsyncSession, meeting_id: int, *, resident_id: int, right: bool) -> bool:
    """Count a resident's opinion on the minutes; return whether it was counted.

    If the resident gave one before or did not attend, or if there are no minutes, it is not counted. Nobody can change
    an opinion, because nothing links it to its author.
    """
    meetings = select(Meeting.id).where(Meeting.id == meeting_id, Meeting.minutes.is_not(None), Meeting.state == HELD)
    first = (
        update(Registration)
        .where(
            Registration.meeting_id.in_(meetings),
            Registration.resident_id == resident_id,
            was_there(),
            Registration.judged.is_(False),
        )
        .values(judged=True)
        .returning(Registration.id)
        .execution_options(synchronize_session=False)
    )
    if await session.scalar(first) is None:
        return False
    column = Meeting.agreed if right else Meeting.disagreed
    await session.execute(
        update(Meeting)
        .where(Meeting.id == meeting_id)
        .values({column: column + 1})
        .execution_options(synchronize_session=False)
    )
    return True


async def lock_unasked(session: AsyncSession) -> Sequence[Attendee]:
    """Lock and return up to _AT_ONCE attendees to whom the minutes were not sent yet.

    Registrations locked by another transaction are skipped.
    """
    rows = await session.execute(
        unasked().order_by(Registration.id).limit(_AT_ONCE).with_for_update(skip_locked=True, of=Registration)
    )
    return [Attendee(registration, meeting) for registration, meeting in rows]


def unasked() -> Select[Registration, Meeting]:
    """Select the attendees of meetings that have minutes, if the minutes were not sent to them yet."""
    return (
        select(Registration, Meeting)
        .join(Meeting, Meeting.id == Registration.meeting_id)
        .where(Meeting.minutes.is_not(None), Meeting.state == HELD, was_there(), Registration.asked.is_(False))
    )
