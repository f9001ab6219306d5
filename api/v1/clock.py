"""Confirm the time over the JSON API, after a clock has jumped."""

from __future__ import annotations

from pydantic import BaseModel, Field

from api.clocks import service
from api.security.rights import Permission
from api.web.deps import Actor, Now, Session, requires, staff_router

router = staff_router("/clock", "clock", needs=requires(Permission.MANAGE_SETTINGS))


class Confirmed(BaseModel):
    """The result of confirming the time."""

    processes: int = Field(
        description="Number of processes that resume opening and closing consultations automatically."
    )


@router.post("/confirm")
async def confirm_time(actor: Actor, session: Session, now: Now) -> Confirmed:
    """Confirm that the current time is right. Paused openings and closings of consultations then resume."""
    return Confirmed(processes=await service.confirm(session, who=actor, now=now))
