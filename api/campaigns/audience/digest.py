"""News of commitments come to a resident at most once a week: what would come sooner waits for its day.

News that wait as a draft are one campaign, of which each follower gets, as one message, what they follow
(`workflows/updates.py`). Those that are launched within a week of others wait, so that nobody misses any, and nobody
gets two in a week.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, select

from api.campaigns.models import Campaign
from api.db import Moment
from api.outbox.models import Delivery
from api.outbox.states import LOST, QUEUED

UPDATE = "update"
WEEK = timedelta(days=7)
LONGEST = 28  # days that news may wait; beyond, they would be none any more


def applies(campaign: Campaign) -> bool:
    """Whether a campaign's messages wait: news do, unless they are urgent."""
    return campaign.purpose == UPDATE and not campaign.urgent


def newest(*, now: datetime) -> Select[int, Any]:
    """When each resident gets the newest of the news that reached them, or will: what waits beyond its moment, now."""
    news = select(Campaign.id).where(Campaign.purpose == UPDATE)
    waits = and_(Delivery.state == QUEUED, Delivery.due_at < now)  # its campaign is paused
    due_at = case((waits, literal(now, Moment())), else_=Delivery.due_at)
    found = select(Delivery.resident_id, func.max(due_at).label("due_at"))
    held = found.where(Delivery.campaign_id.in_(news), Delivery.state.not_in(LOST))
    return held.group_by(Delivery.resident_id)


def wait(newest_at: ColumnElement[datetime], *, now: datetime) -> ColumnElement[int]:
    """The whole days until a week after the newest is over; 0 where that is now, LONGEST + 1 where it is too long."""
    over = [(newest_at <= literal(now - WEEK + timedelta(days=day), Moment()), day) for day in range(LONGEST + 1)]
    return case((newest_at.is_(None), 0), *over, else_=LONGEST + 1)


def later(due_at: ColumnElement[datetime], days: ColumnElement[int], *, now: datetime) -> ColumnElement[datetime]:
    """When a message is due that has to wait so many days; as before where that is later."""
    moments = [(days == day, literal(now + timedelta(days=day), Moment())) for day in range(1, LONGEST + 1)]
    waited = case(*moments, else_=due_at)
    return case((due_at > waited, due_at), else_=waited)
