"""Results over the JSON API."""

from __future__ import annotations

from api.deps import Session, staff_router
from api.results import service
from api.results.schemas import Results

router = staff_router("/consultations", "results")


@router.get("/{code}/results")
async def results(code: str, session: Session) -> Results:
    """Counts per option, and by province, language and channel."""
    return await service.results(session, code)
