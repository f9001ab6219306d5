"""The staff overview over the JSON API."""

from __future__ import annotations

from api.web.deps import EVERYWHERE, KeyringDep, Now, Session, staff_router
from api.workflows.overview import service
from api.workflows.overview.schemas import Overview

router = staff_router("", "overview", needs=EVERYWHERE)


@router.get("/overview")
async def get_overview(session: Session, keyring: KeyringDep, now: Now) -> Overview:
    """List everything that waits for staff: campaigns, ideas, proposals, letters, late milestones and meetings."""
    return await service.overview(session, keyring=keyring, now=now)
