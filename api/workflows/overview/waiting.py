"""What waits for staff in each domain: ideas, proposals, campaigns, late milestones and meetings.

Rows of a province are limited to those that the requester may see.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta

from sqlalchemy import String, case, cast, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.campaigns import transitions as campaign_transitions
from api.campaigns.models import Campaign, CampaignStep
from api.campaigns.transitions import CampaignState
from api.clock import MOROCCO
from api.commitments import content, status
from api.commitments import service as commitments
from api.meetings import service as meeting_service
from api.meetings.models import Meeting
from api.proposals import listing, transitions
from api.proposals.models import Idea, Proposal
from api.security.row_scope import scoped
from api.workflows.overview.schemas import CampaignWaiting, IdeasWaiting, LateHere, MeetingWaiting, ProposalWaiting


async def campaigns(session: AsyncSession) -> list[CampaignWaiting]:
    """Return campaigns whose next step staff must take, the longest waiting first."""
    since = func.max(CampaignStep.at).filter(CampaignStep.step.not_in(campaign_transitions.UNCHANGING))
    missed = case((Campaign.state == CampaignState.APPROVED, Campaign.scheduled_for))
    rows = await session.execute(
        select(Campaign.id, Campaign.name, Campaign.purpose, Campaign.state, Campaign.author, since, missed)
        .join(CampaignStep, CampaignStep.campaign_id == Campaign.id)
        .where(Campaign.state.in_(campaign_transitions.WAITING))
        .group_by(Campaign.id)
        .order_by(since, Campaign.id)
    )
    names = CampaignWaiting.model_fields
    return [CampaignWaiting.model_validate(dict(zip(names, row, strict=True))) for row in rows]


async def ideas(session: AsyncSession) -> IdeasWaiting:
    """Count the ideas that nobody has read."""
    flagged = func.count().filter(cast(Idea.flags, String) != "[]")
    unread = select(func.count(), flagged, func.min(Idea.received_at)).where(Idea.state == transitions.RECEIVED)
    count, suspicious, oldest = (await session.execute(scoped(unread, Idea.province))).one()
    return IdeasWaiting(count=count, flagged=suspicious, oldest=oldest)


async def proposals(session: AsyncSession) -> list[ProposalWaiting]:
    """Return proposals for which staff must decide after a vote, and proposals without an official answer."""
    waiting = scoped(select(Proposal).where(listing.waits()), Proposal.province)
    return [
        ProposalWaiting(
            number=each.id,
            code=each.code,
            title=each.title,
            wants="choice" if each.state == transitions.PUBLISHED else "answer",
        )
        for each in await session.scalars(waiting.order_by(Proposal.id))
    ]


async def late(session: AsyncSession, now: datetime) -> list[LateHere]:
    """Return the late milestones of plans that have not ended. The current plan is included even if it has ended."""
    today, current = commitments.today(now), await commitments.current(session)
    milestones = [
        LateHere(plan=plan.code, **dict(each))
        for plan in await commitments.plans(session)
        if plan is current or plan.ends_on >= today
        for each in status.late(await content.read(session, plan), today)
    ]
    return sorted(milestones, key=lambda each: -each.days_late)


async def meetings(session: AsyncSession, now: datetime) -> list[MeetingWaiting]:
    """Return meetings that begin today or tomorrow in Morocco, and past meetings not yet recorded as held."""
    end = datetime.combine(now.astimezone(MOROCCO).date() + timedelta(days=2), time(), MOROCCO)
    ahead = select(Meeting).where(Meeting.state.in_(meeting_service.AHEAD), Meeting.starts_at < end)
    wanted = scoped(ahead, Meeting.province)
    rows = (await session.scalars(wanted.order_by(Meeting.starts_at, Meeting.id))).all()
    counts = await meeting_service.counted(session, [each.id for each in rows])
    return [_meeting(each, counts.get(each.id, meeting_service.Counts()), now) for each in rows]


def _meeting(meeting: Meeting, counts: meeting_service.Counts, now: datetime) -> MeetingWaiting:
    return MeetingWaiting(
        code=meeting.code,
        place=meeting.place,
        starts_at=meeting.starts_at,
        seats=meeting.seats,
        taken=counts.taken,
        waiting=counts.waiting,
        over=meeting.ends_at <= now,
    )
