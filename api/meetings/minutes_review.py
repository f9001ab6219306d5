"""Whether the minutes are right: each who was there says so once, and only the counts are kept."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Select, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from api.meetings.attendance import was_there
from api.meetings.models import Meeting, Registration
from api.meetings.service import HELD

_AT_ONCE = 1000  # people who are asked by one transaction; of more, the next one asks


async def judge(session: AsyncSession, meeting_id: int, *, resident_id: int, right: bool) -> bool:
    """Count what a resident says of the minutes; False where they did already, were not there, or there are none.

    It cannot be changed afterwards: that would take keeping who said what.
    """
    held = select(Meeting.id).where(Meeting.id == meeting_id, Meeting.minutes.is_not(None), Meeting.state == HELD)
    first = (
        update(Registration)
        .where(
            Registration.meeting_id.in_(held),
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


async def unasked(session: AsyncSession) -> Sequence[tuple[Registration, Meeting]]:
    """Some of those who were at a meeting with minutes and were not asked yet; locked, what others hold passed over."""
    rows = await session.execute(
        to_ask().order_by(Registration.id).limit(_AT_ONCE).with_for_update(skip_locked=True, of=Registration)
    )
    return [(mine, meeting) for mine, meeting in rows]


def to_ask() -> Select[Registration, Meeting]:
    """Those who were at a meeting with minutes and were not asked yet."""
    return (
        select(Registration, Meeting)
        .join(Meeting, Meeting.id == Registration.meeting_id)
        .where(Meeting.minutes.is_not(None), Meeting.state == HELD, was_there(), Registration.asked.is_(False))
    )
