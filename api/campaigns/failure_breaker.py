"""The failure breaker of a campaign: it pauses the campaign if too many messages fail, until staff look at it."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.campaigns.models import Campaign
from api.outbox.models import StateCount
from api.outbox.states import DeliveryState

SAMPLE = 50  # outcomes since the launch or the last resumption that are needed before it can pause the campaign
SHARE = 0.5  # the share of failures among these outcomes that pauses the campaign
# Unsure deliveries do not count: a process that died leaves some, and a provider that loses answers pauses its road.
_COUNTED = (DeliveryState.SENT, DeliveryState.DELIVERED, DeliveryState.FAILED)


def trips(*, tried: int, failed: int) -> bool:
    """Whether so many outcomes are failures that the campaign must be paused."""
    return tried >= SAMPLE and failed >= SHARE * tried


async def has_tripped(session: AsyncSession, campaign: Campaign) -> bool:
    """Whether a running campaign should be paused because too many messages failed."""
    tried, failed = await _outcomes(session, campaign.id)
    return trips(tried=tried - campaign.tried, failed=failed - campaign.failed)


async def reset(session: AsyncSession, campaign: Campaign) -> None:
    """Count failures from zero, because staff resumed the campaign."""
    campaign.tried, campaign.failed = await _outcomes(session, campaign.id)


async def _outcomes(session: AsyncSession, campaign_id: int) -> tuple[int, int]:
    """Return how many deliveries of a campaign have an outcome, and how many of them failed."""
    # expired and cancelled deliveries do not count
    rows = await session.execute(
        select(StateCount.state, func.sum(StateCount.count))
        .where(StateCount.campaign_id == campaign_id, StateCount.state.in_(_COUNTED))
        .group_by(StateCount.state)
    )
    counts = {state: int(count) for state, count in rows}
    return sum(counts.values()), counts.get(DeliveryState.FAILED, 0)
