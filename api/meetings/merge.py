"""What becomes of seats when two residents become one: they hold one at a meeting, and the other is given on."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.meetings.models import Registration
from api.meetings.seats import lock, of
from api.meetings.service import SEAT, WAITING, counts
from api.residents.merge import MergePair

_KEPT = ("id", "meeting_id", "state", "came", "asked", "judged")


class Seats:
    """The share of meetings in merging two residents: see `api/residents/merge.py`."""

    name = "seats"

    async def join(self, session: AsyncSession, pair: MergePair) -> Any:
        """Where both are registered, one registration stays; a seat that comes free is given on by the clock."""
        noted = []
        for gone in await _of(session, pair.gone):
            meeting = await lock(session, gone.meeting_id)
            kept = await of(session, gone.meeting_id, pair.kept)
            if meeting is None or kept is None:
                continue
            noted.append({**{name: getattr(gone, name) for name in _KEPT}, "since": gone.since.isoformat()})
            noted[-1]["kept"] = {"state": kept.state, "came": kept.came, "judged": kept.judged, "asked": kept.asked}
            noted[-1]["place"] = kept.id
            kept.state = SEAT if SEAT in (kept.state, gone.state) else WAITING
            known = [each.came for each in (kept, gone) if each.came is not None]
            kept.came = any(known) if known else None  # an absence that was noted is known, too
            kept.asked, kept.judged = kept.asked or gone.asked, kept.judged or gone.judged
            earlier = min(kept.id, gone.id)
            await session.delete(gone)
            await session.flush()
            kept.id = earlier
        await session.flush()
        return noted

    async def part(self, session: AsyncSession, pair: MergePair, noted: Any) -> None:
        """Both are registered again, in their old places; who had a seat waits if it was given on meanwhile."""
        for row in noted or ():
            meeting = await lock(session, row["meeting_id"])
            kept = await of(session, row["meeting_id"], pair.kept)
            if meeting is None:
                continue
            if kept is not None:
                for name, value in row["kept"].items():
                    setattr(kept, name, value)
                if kept.id == row["id"]:  # they stand in the other's place
                    kept.id = row["place"]
                await session.flush()
            free = (await counts(session, meeting.id)).taken < meeting.seats
            given = {name: row[name] for name in _KEPT} | {"state": row["state"] if free else WAITING}
            session.add(Registration(**given, resident_id=pair.gone, since=datetime.fromisoformat(row["since"])))
            await session.flush()


async def _of(session: AsyncSession, resident_id: int) -> list[Registration]:
    """In the order of meetings, so that two who lock several never wait for each other."""
    mine = select(Registration).where(Registration.resident_id == resident_id).order_by(Registration.meeting_id)
    return list(await session.scalars(mine))
