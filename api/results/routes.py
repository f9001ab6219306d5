"""Results over the JSON API."""

from __future__ import annotations

from api.consultations import verifying
from api.deps import Db, Now, staff_router
from api.results import service
from api.results.schemas import Results

router = staff_router("/consultations", "results")


@router.get("/{code}/results")
async def results(code: str, db: Db, now: Now) -> Results:
    """Counts per option, and by province, language and channel; 503 where ballots no longer fit the published hash."""
    async with verifying.noting(db, now), db.transaction() as session:
        return await service.results(session, code)
