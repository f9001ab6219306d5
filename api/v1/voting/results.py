"""Results over the JSON API."""

from __future__ import annotations

from api.consultations.receipts import verification
from api.results import service
from api.results.schemas import Results
from api.web.deps import ANYBODY, Db, Now, staff_router

router = staff_router("/consultations", "results", needs=ANYBODY)


@router.get("/{code}/results")
async def results(code: str, db: Db, now: Now) -> Results:
    """Counts per option, and by province, language and channel; 503 where ballots no longer fit the published hash."""
    async with verification.noting(db, now), db.transaction() as session:
        return await service.results(session, code)
