"""Merge meeting registrations when two residents turn out to be one person, who keeps one seat per meeting."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.meetings.models import Registration
from api.meetings.seats import lock, registration_of
from api.meetings.service import SEAT, WAITING, counts
from api.residents.merge import MergePair

_FIELDS = ("id", "meeting_id", "state", "came", "asked", "judged")


class Seats:
    """The part of merging two residents that concerns meetings: see `MergeParticipant` in `api/residents/merge.py`."""

    name = "seats"

    async def join(self, session: AsyncSession, pair: MergePair) -> Any:
        """Keep one of two registrations for the same meeting; return what `part` needs to undo it.

        The background job then gives the freed seat to the next in line.
        """
        noted = []
        for gone in await _registrations(session, pair.gone):
            meeting = await lock(session, gone.meeting_id)
            kept = await registration_of(session, gone.meeting_id, pair.kept)
            if meeting is None or kept is None:
                continue
            noted.append({**{name: getattr(gone, name) for name in _FIELDS}, "since": gone.since.isoformat()})
            noted[-1]["kept"] = {"state": kept.state, "came": kept.came, "judged": kept.judged, "asked": kept.asked}
            noted[-1]["place"] = kept.id
            kept.state = SEAT if SEAT in (kept.state, gone.state) else WAITING
            known = [each.came for each in (kept, gone) if each.came is not None]
            kept.came = any(known) if known else None  # None only if neither attendance was recorded
            kept.asked, kept.judged = kept.asked or gone.asked, kept.judged or gone.judged
            earlier = min(kept.id, gone.id)
            await session.delete(gone)
            await session.flush()
            kept.id = earlier
        await session.flush()
        return noted

    async def part(self, session: AsyncSession, pair: MergePair, noted: Any) -> None:
        """Undo `join`: register both residents again in their old places.

        If a seat was given away meanwhile, the resident waits for a seat instead.
        """
        for row in noted or ():
            meeting = await lock(session, row["meeting_id"])
            kept = await registration_of(session, row["meeting_id"], pair.kept)
            if meeting is None:
                continue
            if kept is not None:
                for name, value in row["kept"].items():
                    setattr(kept, name, value)
                if kept.id == row["id"]:  # the resident who stayed had taken over this place
                    kept.id = row["place"]
                await session.flush()
            free = (await counts(session, meeting.id)).taken < meeting.seats
            values = {name: row[name] for name in _FIELDS} | {"state": row["state"] if free else WAITING}
            session.add(Registration(**values, resident_id=pair.gone, since=datetime.fromisoformat(row["since"])))
            await session.flush()


async def _registrations(session: AsyncSession, resident_id: int) -> list[Registration]:
    """Return a resident's registrations in order of meetings."""
    # one order for all transactions, so that two cannot deadlock
    rows = select(Registration).where(Registration.resident_id == resident_id).order_by(Registration.meeting_id)
    return list(await session.scalars(rows))
