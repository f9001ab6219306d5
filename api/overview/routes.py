"""The overview over the JSON API."""

from __future__ import annotations

from fastapi import APIRouter

from api.clock import Clock
from api.db import Database
from api.overview import service
from api.overview.schemas import Overview


def router(db: Database, clock: Clock) -> APIRouter:
    """The one route of what waits for staff."""
    routes = APIRouter(tags=["overview"])

    @routes.get("/overview")
    async def overview() -> Overview:
        """What waits for staff: campaigns, unread ideas, proposals, open letters, late milestones, near meetings."""
        async with db.transaction() as session:
            return await service.overview(session, now=clock())

    return routes
