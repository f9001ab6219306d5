"""The staff overview over the JSON API."""

from __future__ import annotations

from api.web.deps import ANYBODY, KeyringDep, Now, Session, staff_router
from api.workflows.overview import service
from api.workflows.overview.schemas import Overview

router = staff_router("", "overview", needs=ANYBODY)


@router.get("/overview")
async def get_overview(session: Session, keyring: KeyringDep, now: Now) -> Overview:
    """Get all that needs action by staff: campaigns, ideas, proposals, letters, late milestones and coming meetings.

    Staff of a province get what is of their province.
    """
    return await service.overview(session, keyring=keyring, now=now)
