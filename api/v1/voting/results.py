"""Results of consultations over the JSON API."""

from __future__ import annotations

from api.consultations.receipts import verification
from api.results import service
from api.results.schemas import Results
from api.web.deps import ANYBODY, Db, Now, staff_router

router = staff_router("/consultations", "results", needs=ANYBODY)


@router.get("/{code}/results")
async def get_results(code: str, db: Db, now: Now) -> Results:
    """Get the count of each option, also by province, language and channel.

    The status is 503 if the ballots no longer match the published hash.
    """
    async with verification.recording_altered(db, now), db.transaction() as session:
        return await service.results(session, code)
