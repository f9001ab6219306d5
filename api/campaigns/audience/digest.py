"""The weekly digest: a resident gets updates on commitments at most once a week, and later updates wait.

The updates that staff collect in a draft become one campaign. Each resident gets one message with the updates that they
follow. If a resident got an update less than a week before the launch, the new message to them waits until the week is
over. So nobody misses an update, and nobody gets two in a week.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, select

from api.campaigns.models import Campaign
from api.db import Moment
from api.outbox.models import Delivery
from api.outbox.states import LOST, DeliveryState

UPDATE = "update"
WEEK = timedelta(days=7)
LONGEST = 28  # days an update may wait; after that it is out of date


def applies(campaign: Campaign) -> bool:
    """Whether a campaign's messages wait until a week after the resident's last update.

    Only updates wait, unless they are urgent.
    """
    return campaign.purpose == UPDATE and not campaign.urgent


def newest(*, now: datetime) -> Select[int, Any]:
    """Return an SQL query for when each resident got, or will get, their newest update.

    If an update is overdue because its campaign is paused, it counts as sent now.
    """
    updates = select(Campaign.id).where(Campaign.purpose == UPDATE)
    overdue = and_(Delivery.state == DeliveryState.QUEUED, Delivery.due_at < now)  # its campaign is paused
    due_at = case((overdue, literal(now, Moment())), else_=Delivery.due_at)
    query = select(Delivery.resident_id, func.max(due_at).label("due_at"))
    relevant = query.where(Delivery.campaign_id.in_(updates), Delivery.state.not_in(LOST))
    return relevant.group_by(Delivery.resident_id)


def wait(newest_at: ColumnElement[datetime], *, now: datetime) -> ColumnElement[int]:
    """Return the SQL expression for how many days a resident's next update must wait.

    The wait ends a week after the newest update. If it would be longer than LONGEST days, the result is LONGEST + 1.
    """
    days_left = [(newest_at <= literal(now - WEEK + timedelta(days=day), Moment()), day) for day in range(LONGEST + 1)]
    return case((newest_at.is_(None), 0), *days_left, else_=LONGEST + 1)


def later(due_at: ColumnElement[datetime], days: ColumnElement[int], *, now: datetime) -> ColumnElement[datetime]:
    """Return the SQL expression for the later of two times: `due_at`, and this many days from now."""
    moments = [(days == day, literal(now + timedelta(days=day), Moment())) for day in range(1, LONGEST + 1)]
    after_wait = case(*moments, else_=due_at)
    return case((due_at > after_wait, due_at), else_=after_wait)
