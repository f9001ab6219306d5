"""Confirming the time over the JSON API, after a clock has jumped."""

from __future__ import annotations

from pydantic import BaseModel, Field

from api.clocks import service
from api.security.rights import Permission
from api.web.deps import Actor, Now, Session, requires, staff_router

router = staff_router("/clock", "clock", needs=requires(Permission.MANAGE_SETTINGS))


class Confirmed(BaseModel):
    """What came of it."""

    processes: int = Field(description="how many held openings and closings back, and go on now")


@router.post("/confirm")
async def confirm(who: Actor, session: Session, now: Now) -> Confirmed:
    """Say that the time is right as it is now: openings and closings that were held back go on."""
    return Confirmed(processes=await service.confirm(session, who=who, now=now))
