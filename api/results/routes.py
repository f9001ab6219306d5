"""Results over the JSON API."""

from __future__ import annotations

from fastapi import APIRouter

from api.db import Database
from api.results import service
from api.results.schemas import Results


def router(db: Database) -> APIRouter:
    """The results of one consultation, live while it is open."""
    routes = APIRouter(prefix="/consultations", tags=["results"])

    @routes.get("/{code}/results")
    async def results(code: str) -> Results:
        """Counts per option, and by province, language and channel."""
        async with db.transaction() as session:
            return await service.results(session, code)

    return routes
