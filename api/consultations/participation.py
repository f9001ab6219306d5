"""How far each resident came in a consultation, never what they answered."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from api.consultations.models import Participation
from api.db import insert

ASKED, BEGUN, FINISHED = "asked", "begun", "finished"
_BEFORE = {BEGUN: (ASKED,), FINISHED: (ASKED, BEGUN)}


async def progress(session: AsyncSession, *, consultation_id: int, resident_id: int, state: str) -> None:
    """Note that a resident began or finished, never what they answered."""
    made = insert(session)(Participation).values(consultation_id=consultation_id, resident_id=resident_id, state=state)
    await session.execute(
        made.on_conflict_do_update(
            index_elements=("consultation_id", "resident_id"),
            set_={"state": made.excluded.state},
            where=Participation.state.in_(_BEFORE[state]),
        )
    )
