"""Run a campaign action by its name, for the JSON API."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncSession

from api.campaigns import actions, service
from api.campaigns.context import CampaignContext
from api.campaigns.models import Campaign
from api.errors import Invalid
from api.security import rights
from api.security.rights import Permission

ActionName = Literal[
    "submit", "approve", "schedule", "unschedule", "launch", "pause", "resume", "cancel", "revise", "clone", "resend"
]

# The permission that each action needs. True if it also needs a fresh sign-in code, because it reaches people.
_NEEDS: Mapping[ActionName, tuple[Permission, bool]] = {
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


async def take_action(
    session: AsyncSession,
    campaign_id: int,
    action: ActionName,
    *,
    kit: CampaignContext,
    who: str,
    at: datetime | None,
    now: datetime,
) -> Campaign:
    """Run the campaign action with this name.

    Return the campaign; for `clone` and `resend`, return the new draft. Raises Forbidden if the user may not run the
    action, Invalid for a `schedule` without a time (`at`), and the errors of the action itself.
    """
    permission, fresh = _NEEDS[action]
    rights.require(permission, None, fresh=fresh)
    if action in ("clone", "resend"):
        copies = {"clone": service.clone, "resend": service.resend}
        return await copies[action](session, campaign_id, who=who, now=now)
    if action == "schedule":
        if at is None:
            raise Invalid(
                "the step 'schedule' needs a time with a UTC offset, such as 2026-12-01T10:00+01:00", field="at"
            )
        await actions.schedule(session, campaign_id, at=at, who=who, now=now)
    elif action in ("unschedule", "pause", "cancel", "revise"):
        without_context = {
            "unschedule": actions.unschedule, "pause": actions.pause, "cancel": actions.cancel, "revise": actions.revise
        }  # fmt: skip
        await without_context[action](session, campaign_id, who=who, now=now)
    else:
        with_context = {
            "submit": actions.submit,
            "approve": actions.approve,
            "launch": actions.launch,
            "resume": actions.resume,
        }
        await with_context[action](session, campaign_id, kit=kit, who=who, now=now)
    return await service.get(session, campaign_id)
