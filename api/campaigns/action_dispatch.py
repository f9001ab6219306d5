"""Takes a campaign's step by its name, as the JSON API and the command line give it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncSession

from api.campaigns import actions, service
from api.campaigns.context import Kit
from api.campaigns.models import Campaign
from api.errors import Invalid
from api.security import rights
from api.security.rights import Permission

StepName = Literal[
    "submit", "approve", "schedule", "unschedule", "launch", "pause", "resume", "cancel", "revise", "clone", "resend"
]

# What each step needs; what reaches people takes a fresh code as well.
_NEEDS: Mapping[StepName, tuple[Permission, bool]] = {
    "submit": (Permission.WRITE, False),
    "revise": (Permission.WRITE, False),
    "clone": (Permission.WRITE, False),
    "resend": (Permission.WRITE, False),
    "approve": (Permission.APPROVE, False),
    "schedule": (Permission.SEND, True),
    "launch": (Permission.SEND, True),
    "unschedule": (Permission.SEND, False),
    "pause": (Permission.SEND, False),
    "resume": (Permission.SEND, False),
    "cancel": (Permission.SEND, False),
}


async def take_step(
    session: AsyncSession, campaign_id: int, step: StepName, *, kit: Kit, who: str, at: datetime | None, now: datetime
) -> Campaign:
    """Take the step with this name, for the JSON API and the command line alike.

    Returns the campaign, or the new draft if the step makes one. Raises what the step raises, Forbidden without the
    right that the step needs, and Invalid for a schedule without a moment.
    """
    permission, fresh = _NEEDS[step]
    rights.require(permission, None, fresh=fresh)
    if step in ("clone", "resend"):
        making = {"clone": service.clone, "resend": service.resend}
        return await making[step](session, campaign_id, who=who, now=now)
    if step == "schedule":
        if at is None:
            raise Invalid("say when: a schedule needs a moment with its time zone", field="at")
        await actions.schedule(session, campaign_id, at=at, who=who, now=now)
    elif step in ("unschedule", "pause", "cancel", "revise"):
        plain = {
            "unschedule": actions.unschedule, "pause": actions.pause, "cancel": actions.cancel, "revise": actions.revise
        }  # fmt: skip
        await plain[step](session, campaign_id, who=who, now=now)
    else:
        with_kit = {
            "submit": actions.submit,
            "approve": actions.approve,
            "launch": actions.launch,
            "resume": actions.resume,
        }
        await with_kit[step](session, campaign_id, kit=kit, who=who, now=now)
    return await service.get(session, campaign_id)
