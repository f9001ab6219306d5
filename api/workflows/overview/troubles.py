"""Find problems that stop the service's work: failing delivery routes ("roads"), stuck campaigns, overdue jobs."""

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

Due = Select[Any]  # selects a name and a time

STILL = timedelta(minutes=15)  # a running campaign sends at least one message in this time
LATE = timedelta(minutes=2)  # the scheduler should have done a due job by then
_WAITS = timedelta(minutes=5)  # a reply or notification should have been sent by then
_FEW = 10  # fewer attempts or failures are not significant
_SHARE = 0.25  # share of a road's latest attempts that failed; a road is paused at twice this share
_NEAR = 0.8  # share of the day's budget that is spent


async def troubles(session: AsyncSession, *, now: datetime) -> Troubles:
    """Return all current problems."""
    roads = await lanes.list_all(session)
    return Troubles(
        failing=[each for lane in roads if (each := _failing(lane, now)) is not None],
        stuck=[*await _still(session, now), *await _refused(session, now)],
        overdue=await _overdue(session, roads, now),
        budget=await _budget(session, now),
    )


def _failing(lane: Lane, now: datetime) -> RoadFailing | None:
    """Return a road as failing if it may not work; otherwise None."""
    # its pause has just ended
    again = lane.paused_until is not None and lane.paused_until <= now
    # many of its latest messages failed
    often = lane.paused_until is None and lane.tried >= _FEW and lane.failed >= _SHARE * lane.tried
    if not again and not often:
        return None
    return RoadFailing(road=lane.road, tried=lane.tried, failed=lane.failed, again=again, reason=lane.reason or "")


async def _still(session: AsyncSession, now: datetime) -> list[CampaignStuck]:
    """Return running campaigns that have messages ready to send but have sent none for a while."""
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
    """Return campaigns launched in the last day that have many failures."""
    failed = func.sum(StateCount.count).filter(StateCount.state == DeliveryState.FAILED)
    tried = func.sum(StateCount.count).filter(
        StateCount.state.in_((DeliveryState.SENT, DeliveryState.DELIVERED, DeliveryState.FAILED))
    )
    rows = await session.execute(
        select(Campaign.id, Campaign.name, Campaign.launched_at, failed)
        .join(StateCount, StateCount.campaign_id == Campaign.id)
        .where(Campaign.launched_at > now - timedelta(days=1), Campaign.state != CampaignState.CANCELLED)
        .group_by(Campaign.id)
        # a larger campaign with this share of failures would have been paused automatically
        .having(and_(failed >= _FEW, failed >= failure_breaker.SHARE * tried))
        .order_by(Campaign.id)
    )
    return [
        CampaignStuck(number=number, name=name, why="failing", count=int(count), since=launched)
        for number, name, launched, count in rows
    ]


async def _overdue(session: AsyncSession, roads: Sequence[Lane], now: datetime) -> list[Overdue]:
    """Return the tasks that the scheduler or a road should already have done."""
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
    return late + await _messages(session, roads, now)


def _first(name: Any, due: Any, *which: ColumnElement[bool]) -> Due:
    """Return a query for the name and time of the row that is due first."""
    return select(name, due).where(due.is_not(None), *which).order_by(due).limit(1)


def _to_open(now: datetime) -> ColumnElement[bool]:
    return and_(
        Consultation.state == ConsultationState.DRAFT,
        or_(Consultation.closes_at.is_(None), Consultation.closes_at > now),
    )


async def _messages(session: AsyncSession, roads: Sequence[Lane], now: datetime) -> list[Overdue]:
    """Return replies and notifications that have waited too long on a road that is not paused."""
    late = []
    for lane in roads:
        if lane.paused_until is not None or lane.next_slot > now:
            continue
        queued = (Delivery.road == lane.road, Delivery.campaign_id.is_(None), Delivery.state == DeliveryState.QUEUED)
        due = await session.scalar(select(func.min(Delivery.due_at)).where(*queued))
        if due is not None and due <= now - _WAITS:
            late.append(Overdue(what="messages", of=lane.road, since=due))
    return late


async def _budget(session: AsyncSession, now: datetime) -> DayBudget | None:
    """Return the day's budget if most of it is spent; otherwise None."""
    today = await budgets.get(session, budgets.of_day(now))
    # `empty`: messages had to wait for money
    if today is None or today.ceiling is None or not (today.empty or today.spent >= _NEAR * today.ceiling):
        return None
    return DayBudget(spent=today.spent / MILLION, ceiling=today.ceiling / MILLION, waits=today.empty)
