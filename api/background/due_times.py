"""SQL queries for when each background job is due next. They read only the start of an index or a small table.

Each query selects a time. If the job is not due, the query selects NULL or no row. If the query selects the current
time, the job is due at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, bindparam, exists, func, literal_column, or_, select

from api.agents.models import AgentTry
from api.audit import checkpoints
from api.campaigns.models import Campaign
from api.campaigns.transitions import CampaignState
from api.clock import MOROCCO
from api.commitments import announcements
from api.consultations.counts import snapshots as read
from api.consultations.models import Consultation, ConsultationState, Superseded
from api.consultations.receipts import verification
from api.consultations.service import awaits_cleaning
from api.consultations.words.own_words import OwnWords
from api.db import Moment
from api.meetings import minutes_review, notifications
from api.meetings.models import Meeting
from api.meetings.service import AHEAD
from api.outbox.models import Delivery, SendWindow
from api.outbox.states import DeliveryState
from api.residents.erasure import EMPTIED
from api.residents.models import Address, Merge
from api.wall_time import Reached
from api.workflows import late_milestones

Query = Select[Any]

_NOW: Any = bindparam("now", type_=Moment())
_REACHED: Any = bindparam("reached", type_=Reached())  # now, compared with a `WallTime` column
_DAY_AGO: Any = bindparam("day_ago", type_=Moment())
_TODAY: Any = bindparam("today", type_=Date())
_RECENT: Any = bindparam("recent", type_=Date())


def values(now: datetime) -> Mapping[str, Any]:
    """Return the parameters of the queries in this module, except `now`."""
    today: date = now.astimezone(MOROCCO).date()
    return {
        "reached": now,
        "day_ago": now - timedelta(days=1),
        "today": today,
        "recent": today - late_milestones.RECENT,
    }


def at_once(*conditions: ColumnElement[bool]) -> Query:
    """Return a query that selects the current time if all conditions are true."""
    return select(_NOW).where(*conditions)


def _is(name: str) -> ColumnElement[bool]:
    """Return the SQL condition that a delivery is in this state."""
    # No parameter: a partial index is only used if the statement repeats the text of its condition.
    return Delivery.state == literal_column(f"'{name}'")


def launches() -> Query:
    """Return a query that selects the time of the next scheduled launch of a campaign."""
    return select(func.min(Campaign.scheduled_for)).where(Campaign.state == CampaignState.SCHEDULED)


def flowing() -> Query:
    """Return a query that selects the current time if a running campaign's send window is open or not yet set."""
    waiting = exists().where(SendWindow.campaign_id == Campaign.id, SendWindow.opens_at > _NOW)
    return at_once(exists().where(Campaign.state == CampaignState.RUNNING, ~waiting))


def window_openings() -> Query:
    """Return a query that selects the time when the next send window opens."""
    return select(func.min(SendWindow.opens_at)).where(SendWindow.opens_at > _NOW)


def running() -> Query:
    """Return a query that selects the current time if any campaign is running.

    This includes campaigns whose queued messages were all cancelled: these campaigns must be ended.
    """
    return at_once(exists().where(Campaign.state == CampaignState.RUNNING))


def openings() -> Query:
    """Return a query that selects the time when the next draft of a consultation is to open."""
    before = or_(Consultation.closes_at.is_(None), Consultation.closes_at > _REACHED)
    return select(func.min(Consultation.opens_at)).where(Consultation.state == ConsultationState.DRAFT, before)


def closings() -> Query:
    """Return a query that selects the time when the next open consultation is to close."""
    return select(func.min(Consultation.closes_at)).where(Consultation.state == ConsultationState.OPEN)


def cleanings() -> Query:
    """Return a query that selects the current time if a closed consultation still needs cleaning or indexing."""
    unclean = exists().where(awaits_cleaning())
    return at_once(or_(unclean, exists().where(OwnWords.key.is_(None))))


def readings() -> Query:
    """Return a query that selects the time when the counts of an open consultation were last updated.

    The next update is at the full hour after that time.
    """
    return read.due()


def lists() -> Query:
    """Return a query that selects the oldest last check of a published list."""
    return verification.due()


def milestones() -> Query:
    """Return a query that selects the current time if a milestone is done and nobody was told yet."""
    return at_once(announcements.unannounced().exists())


def late() -> Query:
    """Return a query that selects the current time if a milestone is late and nobody was told yet."""
    return at_once(late_milestones.newly_late(_RECENT, _TODAY).exists())


def expiries() -> Query:
    """Return a query that selects the time when the next queued delivery expires."""
    return select(func.min(Delivery.expires_at)).where(_is(DeliveryState.QUEUED), Delivery.expires_at.is_not(None))


def seats() -> Query:
    """Return a query that selects the current time if a meeting has a free seat and somebody waits for it."""
    return at_once(notifications.free_seats(_REACHED).exists())


def reminders() -> Query:
    """Return a query that selects the start of the next meeting whose reminder was not sent yet."""
    waits = (Meeting.state.in_(AHEAD), Meeting.reminded_at.is_(None), Meeting.starts_at > _REACHED)
    return select(func.min(Meeting.starts_at)).where(*waits)


def minutes() -> Query:
    """Return a query that selects the current time if somebody must be asked about the minutes of a meeting."""
    return at_once(minutes_review.unasked().exists())


def leases() -> Query:
    """Return a query that selects the time when the next claim on a delivery runs out."""
    return select(func.min(Delivery.leased_until)).where(_is(DeliveryState.SENDING))


def texts() -> Query:
    """Return a query that selects when the message with the oldest stored text was sent or failed."""
    return select(func.min(Delivery.settled_at)).where(*_has_text())


def closed_texts() -> Query:
    """Return a query that selects the current time if a text written before the last closing is still stored."""
    closing = select(func.max(Consultation.closed_at)).scalar_subquery()
    return at_once(exists().where(*_has_text(), Delivery.created_at <= closing))


def merges() -> Query:
    """Return a query that selects the time of the oldest merge that can still be undone."""
    return select(func.min(Merge.merged_at)).where(Merge.sealed.is_not(None))


def superseded() -> Query:
    """Return a query that selects the time when the next replaced ballot must be deleted."""
    return select(func.min(Superseded.kept_until)).where(Superseded.kept_until.is_not(None))


def first_checkpoint() -> Query:
    """Return a query that selects the current time if the record has acts but was never signed."""
    return at_once(checkpoints.never_signed())


def leftovers() -> Query:
    """Return a query that selects the current time if there is data to delete that has no due time of its own.

    There are three kinds: notes of conversations about a consultation that closed in the last day, hashes of erased
    residents, and wrong agent codes of earlier days.
    """
    return at_once(
        or_(
            exists().where(Consultation.closed_at >= _DAY_AGO),
            exists().where(Address.state == literal_column(f"'{EMPTIED}'")),
            exists().where(AgentTry.day < _TODAY),
        )
    )


def _has_text() -> tuple[ColumnElement[bool], ...]:
    over = Delivery.state.not_in((DeliveryState.QUEUED, DeliveryState.SENDING))
    return Delivery.sealed.is_not(None), Delivery.settled_at.is_not(None), over
