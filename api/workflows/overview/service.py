"""Build the staff overview from the data of every domain. The overview is not stored."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from sqlalchemy import String, case, cast, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.audit import alarm
from api.campaigns import transitions as campaign_transitions
from api.campaigns.models import Campaign, CampaignStep
from api.campaigns.transitions import CampaignState
from api.clock import MOROCCO
from api.clocks import service as clocks
from api.commitments import content, status
from api.commitments import service as commitments
from api.consultations.receipts import verification
from api.consultations.vault_keys import destruction_proof
from api.desk import reading
from api.meetings import service as meetings
from api.meetings.models import Meeting
from api.outbox.flow import lanes
from api.outbox.worker import provider_deletion
from api.proposals import listing, transitions
from api.proposals.models import Idea, Proposal
from api.security.crypto import Keyring
from api.workflows.overview import suspicions, troubles
from api.workflows.overview.schemas import (
    CampaignWaiting,
    ClockJumped,
    ClosingHeld,
    IdeasWaiting,
    LateHere,
    ListAltered,
    MeetingWaiting,
    Overview,
    ProposalWaiting,
    RecordBroken,
    RoadResting,
)


async def overview(session: AsyncSession, *, keyring: Keyring, now: datetime) -> Overview:
    """Return everything that needs action by staff, and the next meetings."""
    trouble = await troubles.troubles(session, now=now)
    return Overview(
        **dict(trouble),
        clocks=[
            ClockJumped(process=each.process, since=each.at, ahead=each.ahead) for each in await clocks.holds(session)
        ],
        held=[
            ClosingHeld(code=each.code, title=each.title, since=each.closes_at or now, why=why)
            for each, why in await destruction_proof.waiting(session, now=now)
        ],
        altered=[
            ListAltered(code=each.code, title=each.title, since=since)
            for each, since in await verification.altered(session)
        ],
        record=await _record(session, now),
        roads=[
            RoadResting(road=each.road, until=each.paused_until or now, reason=each.reason or "")
            for each in await lanes.resting(session, now=now)
        ],
        kept=await provider_deletion.count_left(session, before=now - provider_deletion.LATE),
        agents=await suspicions.agents(session),
        bursts=await suspicions.bursts(session, keyring=keyring, now=now),
        campaigns=await _campaigns(session),
        ideas=await _ideas(session),
        proposals=await _proposals(session),
        letters=[desk for desk in await reading.overview(session, now=now) if desk.open],
        late=await _late(session, now),
        meetings=await _meetings(session, now),
    )


async def _record(session: AsyncSession, now: datetime) -> RecordBroken | None:
    found = await alarm.alarm(session)
    return None if found is None else RecordBroken(seq=found.seq, since=found.since or now)


async def _campaigns(session: AsyncSession) -> list[CampaignWaiting]:
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


async def _ideas(session: AsyncSession) -> IdeasWaiting:
    flagged = func.count().filter(cast(Idea.flags, String) != "[]")
    wanted = select(func.count(), flagged, func.min(Idea.received_at)).where(Idea.state == transitions.RECEIVED)
    count, suspicious, oldest = (await session.execute(wanted)).one()
    return IdeasWaiting(count=count, flagged=suspicious, oldest=oldest)


async def _proposals(session: AsyncSession) -> list[ProposalWaiting]:
    """Return proposals for which staff must decide after a vote, and proposals without an official answer."""
    proposals = await session.scalars(select(Proposal).where(listing.waits()).order_by(Proposal.id))
    return [
        ProposalWaiting(
            number=each.id,
            code=each.code,
            title=each.title,
            wants="choice" if each.state == transitions.PUBLISHED else "answer",
        )
        for each in proposals
    ]


async def _late(session: AsyncSession, now: datetime) -> list[LateHere]:
    """Return the late milestones of plans that have not ended. The current plan is included even if it has ended."""
    today, current = commitments.today(now), await commitments.current(session)
    milestones = [
        LateHere(plan=plan.code, **dict(each))
        for plan in await commitments.plans(session)
        if plan is current or plan.ends_on >= today
        for each in status.late(await content.read(session, plan), today)
    ]
    return sorted(milestones, key=lambda each: -each.days_late)


async def _meetings(session: AsyncSession, now: datetime) -> list[MeetingWaiting]:
    """Return meetings that begin today or tomorrow in Morocco, and past meetings not yet recorded as held."""
    end = datetime.combine(now.astimezone(MOROCCO).date() + timedelta(days=2), time(), MOROCCO)
    wanted = select(Meeting).where(Meeting.state.in_(meetings.AHEAD), Meeting.starts_at < end)
    rows = (await session.scalars(wanted.order_by(Meeting.starts_at, Meeting.id))).all()
    counts = await meetings.counted(session, [each.id for each in rows])
    return [_meeting(each, counts.get(each.id, meetings.Counts()), now) for each in rows]


def _meeting(meeting: Meeting, counts: meetings.Counts, now: datetime) -> MeetingWaiting:
    return MeetingWaiting(
        code=meeting.code,
        place=meeting.place,
        starts_at=meeting.starts_at,
        seats=meeting.seats,
        taken=counts.taken,
        waiting=counts.waiting,
        over=meeting.ends_at <= now,
    )
