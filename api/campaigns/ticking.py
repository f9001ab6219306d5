"""What time does with campaigns: launch what is due, open and shut their gates, finish what is through."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.campaigns import life, steps
from api.campaigns.models import Campaign
from api.campaigns.service import Kit
from api.errors import Conflict, Invalid
from api.outbox import service as outbox

WHO = "clock"
STALE = timedelta(minutes=30)  # a schedule that was missed by more asks staff again, as nobody expects it any more


async def tick(session: AsyncSession, *, kit: Kit, now: datetime) -> None:
    """Do what is due.

    Rows are locked, and those another process holds are passed over: however many processes tick, each thing happens
    once.
    """
    due = await session.scalars(
        select(Campaign).where(Campaign.state.in_((life.SCHEDULED, life.RUNNING))).with_for_update(skip_locked=True)
    )
    for campaign in due:
        if campaign.state == life.SCHEDULED:
            await _launch(session, campaign, kit=kit, now=now)
        elif await outbox.is_through(session, campaign_id=campaign.id):
            await steps.move(session, campaign, "finish", who=WHO, now=now)
        else:
            await steps.open_gate(session, campaign, hours=kit.rules.hours, now=now)


async def _launch(session: AsyncSession, campaign: Campaign, *, kit: Kit, now: datetime) -> None:
    if campaign.scheduled_for is None or campaign.scheduled_for > now:
        return
    if now - campaign.scheduled_for > STALE:
        await steps.revise(session, campaign.id, who=WHO, now=now)
        return
    try:
        await steps.launch(session, campaign.id, kit=kit, who=WHO, now=now)
    except (Invalid, Conflict):
        await steps.revise(session, campaign.id, who=WHO, now=now)  # something stands against it: staff decide
