"""The fuse of a campaign: it pauses by itself where too many of its messages fail, until staff look at it."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.campaigns.models import Campaign
from api.outbox import states
from api.outbox.models import StateCount

SAMPLE = 50  # outcomes since it was launched or resumed, before the fuse may blow
SHARE = 0.5  # of bad ones among them
# What is unsure tells nothing yet: a process that died leaves some, and a provider that loses answers rests its lane.
_GOOD, _BAD = (states.SENT, states.DELIVERED), (states.FAILED,)


def blows(*, tried: int, failed: int) -> bool:
    """Whether that many failures among that many attempts are too many."""
    return tried >= SAMPLE and failed >= SHARE * tried


async def has_blown(session: AsyncSession, campaign: Campaign) -> bool:
    """Whether a running campaign should stop."""
    tried, failed = await _outcomes(session, campaign.id)
    return blows(tried=tried - campaign.tried, failed=failed - campaign.failed)


async def mend(session: AsyncSession, campaign: Campaign) -> None:
    """Count anew from now on: staff looked at it, and let it go on."""
    campaign.tried, campaign.failed = await _outcomes(session, campaign.id)


async def _outcomes(session: AsyncSession, campaign_id: int) -> tuple[int, int]:
    """How many messages came to an outcome, and how many to a bad one. What expired or was cancelled tells nothing."""
    rows = await session.execute(
        select(StateCount.state, func.sum(StateCount.count))
        .where(StateCount.campaign_id == campaign_id, StateCount.state.in_((*_GOOD, *_BAD)))
        .group_by(StateCount.state)
    )
    counts = {state: int(count) for state, count in rows}
    return sum(counts.values()), sum(counts.get(state, 0) for state in _BAD)
