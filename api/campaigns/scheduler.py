"""What happens to campaigns at given times: they are launched and finished, and their send windows open and close."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api import actors
from api.campaigns import actions, failure_breaker
from api.campaigns.audience.selection import INVITE, REMIND
from api.campaigns.context import CampaignContext
from api.campaigns.models import Campaign
from api.campaigns.transitions import CampaignState
from api.consultations import service as consultations
from api.consultations.models import Consultation
from api.errors import Conflict, Forbidden, Invalid
from api.outbox import service as outbox
from api.outbox.flow import budgets

log = structlog.get_logger(__name__)

WHO, BUDGET, FUSE = actors.CLOCK, actors.BUDGET, actors.FUSE  # the actors recorded for automatic actions
STALE = timedelta(minutes=1)  # if a launch is later than this, because the service was down, staff decide


async def tick(session: AsyncSession, *, kit: CampaignContext, now: datetime) -> None:
    """Do what is due now for each campaign: launch, finish or pause it, or set its send window.

    If another process has locked a campaign, it is skipped. So each step happens once.
    """
    await kit.rules.book.renew(session)
    due = await session.scalars(
        select(Campaign)
        .where(Campaign.state.in_((CampaignState.SCHEDULED, CampaignState.RUNNING)))
        .with_for_update(skip_locked=True)
    )
    for campaign in due:
        if campaign.state == CampaignState.SCHEDULED:
            await _launch(session, campaign, kit=kit, now=now)
        elif await outbox.is_done(session, campaign_id=campaign.id):
            await actions.finish(session, campaign, who=WHO, now=now)
        elif await _is_too_late(session, campaign, now):
            await outbox.expire_queued(session, campaign_id=campaign.id, now=now)
        elif await failure_breaker.has_tripped(session, campaign):
            await actions.pause(session, campaign.id, who=FUSE, now=now)
            log.error("campaign.paused", campaign=campaign.id, by=FUSE)
        elif await budgets.is_empty(session, budgets.of_campaign(campaign.id)):
            await actions.pause(session, campaign.id, who=BUDGET, now=now)
            log.warning("campaign.paused", campaign=campaign.id, by=BUDGET)
        else:
            await actions.open_window(session, campaign, hours=kit.rules.hours, now=now)


async def _is_too_late(session: AsyncSession, campaign: Campaign, now: datetime) -> bool:
    """Whether the campaign invites to, or reminds of, a consultation that takes no answers any more."""
    if campaign.purpose not in (INVITE, REMIND) or campaign.consultation_id is None:
        return False
    return not consultations.takes_answers(await session.get_one(Consultation, campaign.consultation_id), now)


async def _launch(session: AsyncSession, campaign: Campaign, *, kit: CampaignContext, now: datetime) -> None:
    if campaign.scheduled_for is None or campaign.scheduled_for > now:
        return
    if now - campaign.scheduled_for > STALE:
        await actions.miss(session, campaign, who=WHO, now=now)
        log.warning("campaign.launch_missed", campaign=campaign.id, late=str(now - campaign.scheduled_for))
        return
    try:
        await actions.launch(session, campaign.id, kit=kit, who=WHO, now=now)
    except (Invalid, Conflict, Forbidden):
        await actions.revise(
            session, campaign.id, who=WHO, now=now
        )  # it cannot be launched now: make it a draft, and staff decide
