"""What keeps the service from its work: roads, campaigns and a clock that stand still, and money near its end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.campaigns import failure_breaker
from api.campaigns.models import Campaign
from api.campaigns.transitions import CampaignState
from api.consultations.models import Consultation, ConsultationState
from api.outbox.flow import budgets, lanes
from api.outbox.models import Delivery, Lane, MinuteCount, SendWindow, StateCount
from api.outbox.states import DeliveryState
from api.routing.prices import MILLION
from api.workflows.overview.trouble_schemas import CampaignStuck, DayBudget, Overdue, RoadFailing, Troubles

Due = Select[Any]  # a name, and a moment

STILL = timedelta(minutes=15)  # in which a campaign that flows hands over at least one message
LATE = timedelta(minutes=2)  # after which the clock should have done what is due
_WAITS = timedelta(minutes=5)  # for a notice or a reply to be handed over
_FEW = 10  # attempts, or failures of a campaign, that say nothing yet
_SHARE = 0.25  # of a road's latest attempts: at twice as many it rests by itself
_NEAR = 0.8  # of the day's budget


async def troubles(session: AsyncSession, *, now: datetime) -> Troubles:
    """All of it, as it stands: kept nowhere."""
    found = await lanes.list_all(session)
    return Troubles(
        failing=[each for lane in found if (each := _failing(lane, now)) is not None],
        stuck=[*await _still(session, now), *await _refused(session, now)],
        overdue=await _overdue(session, found, now),
        budget=await _budget(session, now),
    )


def _failing(lane: Lane, now: datetime) -> RoadFailing | None:
    """A road that does not rest: it is to be tried again, or many of its latest messages failed."""
    again = lane.paused_until is not None and lane.paused_until <= now
    often = lane.paused_until is None and lane.tried >= _FEW and lane.failed >= _SHARE * lane.tried
    if not again and not often:
        return None
    return RoadFailing(road=lane.road, tried=lane.tried, failed=lane.failed, again=again, reason=lane.reason or "")


async def _still(session: AsyncSession, now: datetime) -> list[CampaignStuck]:
    """Campaigns that have something to send, may send it, and have sent nothing for a while."""
    since = now - STILL
    moved = select(func.max(MinuteCount.minute)).where(
        MinuteCount.campaign_id == Campaign.id, MinuteCount.state != DeliveryState.QUEUED
    )
    open_ = Delivery.state.in_((DeliveryState.QUEUED, DeliveryState.SENDING))
    waiting = (Delivery.campaign_id == Campaign.id, open_, Delivery.due_at <= now - LATE)
    queued = select(func.count()).select_from(Delivery).where(*waiting).scalar_subquery()
    latest = moved.scalar_subquery()
    flows = (SendWindow.opens_at <= since, or_(SendWindow.closes_at.is_(None), SendWindow.closes_at > now))
    rows = await session.execute(
        select(Campaign.id, Campaign.name, Campaign.launched_at, latest, queued)
        .join(SendWindow, and_(SendWindow.campaign_id == Campaign.id, *flows))
        .where(Campaign.state == CampaignState.RUNNING, Campaign.launched_at <= since, exists().where(*waiting))
        .where(or_(latest.is_(None), latest <= since))
        .order_by(Campaign.id)
    )
    return [
        CampaignStuck(number=number, name=name, why="still", count=count, since=at or launched)
        for number, name, launched, at, count in rows
    ]


async def _refused(session: AsyncSession, now: datetime) -> list[CampaignStuck]:
    """Campaigns of today that fail for as many people as would pause a larger one."""
    failed = func.sum(StateCount.count).filter(StateCount.state == DeliveryState.FAILED)
    tried = func.sum(StateCount.count).filter(
        StateCount.state.in_((DeliveryState.SENT, DeliveryState.DELIVERED, DeliveryState.FAILED))
    )
    rows = await session.execute(
        select(Campaign.id, Campaign.name, Campaign.launched_at, failed)
        .join(StateCount, StateCount.campaign_id == Campaign.id)
        .where(Campaign.launched_at > now - timedelta(days=1), Campaign.state != CampaignState.CANCELLED)
        .group_by(Campaign.id)
        .having(and_(failed >= _FEW, failed >= failure_breaker.SHARE * tried))
        .order_by(Campaign.id)
    )
    return [
        CampaignStuck(number=number, name=name, why="failing", count=int(count), since=launched)
        for number, name, launched, count in rows
    ]


async def _overdue(session: AsyncSession, found: Sequence[Lane], now: datetime) -> list[Overdue]:
    """What the clock, or a road, should have done by now."""
    before = now - LATE
    wanted: tuple[tuple[Any, Due], ...] = (
        ("launch", _first(Campaign.name, Campaign.scheduled_for, Campaign.state == CampaignState.SCHEDULED)),
        ("opening", _first(Consultation.code, Consultation.opens_at, _to_open(now))),
        ("closing", _first(Consultation.code, Consultation.closes_at, Consultation.state == ConsultationState.OPEN)),
        ("claim", _first(Delivery.road, Delivery.leased_until, Delivery.state == DeliveryState.SENDING)),
    )
    late = []
    for what, query in wanted:
        first: Any = (await session.execute(query)).first()
        if first is not None and first[1] <= before:
            late.append(Overdue(what=what, of=first[0], since=first[1]))
    return late + await _messages(session, found, now)


def _first(name: Any, due: Any, *which: ColumnElement[bool]) -> Due:
    """What is due first, and when."""
    return select(name, due).where(due.is_not(None), *which).order_by(due).limit(1)


def _to_open(now: datetime) -> ColumnElement[bool]:
    return and_(
        Consultation.state == ConsultationState.DRAFT,
        or_(Consultation.closes_at.is_(None), Consultation.closes_at > now),
    )


async def _messages(session: AsyncSession, found: Sequence[Lane], now: datetime) -> list[Overdue]:
    """Replies and notices that wait on a road that does not rest."""
    late = []
    for lane in found:
        if lane.paused_until is not None or lane.next_slot > now:
            continue
        mine = (Delivery.road == lane.road, Delivery.campaign_id.is_(None), Delivery.state == DeliveryState.QUEUED)
        due = await session.scalar(select(func.min(Delivery.due_at)).where(*mine))
        if due is not None and due <= now - _WAITS:
            late.append(Overdue(what="messages", of=lane.road, since=due))
    return late


async def _budget(session: AsyncSession, now: datetime) -> DayBudget | None:
    """The day's purse, once most of it is spent, or something had to wait for money."""
    found = await budgets.get(session, budgets.of_day(now))
    if found is None or found.ceiling is None or not (found.empty or found.spent >= _NEAR * found.ceiling):
        return None
    return DayBudget(spent=found.spent / MILLION, ceiling=found.ceiling / MILLION, waits=found.empty)
