"""Delete the recipients of a campaign long after its end. The counts in its report stay."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.campaigns import transitions
from api.campaigns.models import Campaign, CampaignStep
from api.outbox import retention
from api.outbox.models import Delivery


async def delete_expired(session: AsyncSession, *, days: Mapping[str, float], now: datetime) -> None:
    """Delete the recipients of campaigns that ended long enough ago.

    `days` says after how many days rows of each kind are deleted (setting `SAWT_KEPT_DAYS`).
    """
    last = select(func.max(CampaignStep.at)).where(CampaignStep.campaign_id == Campaign.id).scalar_subquery()
    has_recipients = exists().where(Delivery.campaign_id == Campaign.id)
    expired = last <= retention.cutoff(retention.CAMPAIGNS, days, now)
    for campaign_id in (
        await session.scalars(select(Campaign.id).where(Campaign.state.in_(transitions.OVER), expired, has_recipients))
    ).all():
        await retention.delete_recipients(session, campaign_id)
