"""When each background job is due next, as SQL that reads the head of an index or a small table."""

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
    """Parameters of these queries besides `now`."""
    today: date = now.astimezone(MOROCCO).date()
    return {
        "reached": now,
        "day_ago": now - timedelta(days=1),
        "today": today,
        "recent": today - late_milestones.RECENT,
    }


def at_once(*conditions: ColumnElement[bool]) -> Query:
    """Due now, if the conditions hold."""
    return select(_NOW).where(*conditions)


def _is(name: str) -> ColumnElement[bool]:
    """Match a delivery's state. The value is a literal, so that partial indexes apply; SQLite needs the exact text."""
    return Delivery.state == literal_column(f"'{name}'")


def launches() -> Query:
    """When the next scheduled campaign launches."""
    return select(func.min(Campaign.scheduled_for)).where(Campaign.state == CampaignState.SCHEDULED)


def flowing() -> Query:
    """Now, while a running campaign's send window is open or not set yet."""
    waiting = exists().where(SendWindow.campaign_id == Campaign.id, SendWindow.opens_at > _NOW)
    return at_once(exists().where(Campaign.state == CampaignState.RUNNING, ~waiting))


def window_openings() -> Query:
    """When the next send window opens."""
    return select(func.min(SendWindow.opens_at)).where(SendWindow.opens_at > _NOW)


def running() -> Query:
    """Now, while any campaign is running: its queued messages may be cancelled before the window opens."""
    return at_once(exists().where(Campaign.state == CampaignState.RUNNING))


def openings() -> Query:
    """When the next draft consultation opens."""
    before = or_(Consultation.closes_at.is_(None), Consultation.closes_at > _REACHED)
    return select(func.min(Consultation.opens_at)).where(Consultation.state == ConsultationState.DRAFT, before)


def closings() -> Query:
    """When the next consultation closes."""
    return select(func.min(Consultation.closes_at)).where(Consultation.state == ConsultationState.OPEN)


def cleanings() -> Query:
    """Now, if a closed consultation is not clean or some texts are not indexed yet."""
    unclean = exists().where(awaits_cleaning())
    return at_once(or_(unclean, exists().where(OwnWords.key.is_(None))))


def readings() -> Query:
    """When the counts of an open consultation were last read; the next reading is at the following full hour."""
    return read.due()


def lists() -> Query:
    """When the published list that was verified longest ago was verified."""
    return verification.due()


def milestones() -> Query:
    """Now, if a milestone is done and nobody was told."""
    return at_once(announcements.unannounced().exists())


def late() -> Query:
    """Now, if a milestone is late and nobody was told."""
    return at_once(late_milestones.newly_late(_RECENT, _TODAY).exists())


def expiries() -> Query:
    """When the next delivery expires."""
    return select(func.min(Delivery.expires_at)).where(_is(DeliveryState.QUEUED), Delivery.expires_at.is_not(None))


def seats() -> Query:
    """Now, if a free seat has someone waiting for it."""
    return at_once(notifications.free_seats(_REACHED).exists())


def reminders() -> Query:
    """When the next meeting without a sent reminder begins."""
    waits = (Meeting.state.in_(AHEAD), Meeting.reminded_at.is_(None), Meeting.starts_at > _REACHED)
    return select(func.min(Meeting.starts_at)).where(*waits)


def minutes() -> Query:
    """Now, if somebody is to be asked about a meeting's minutes."""
    return at_once(minutes_review.unasked().exists())


def leases() -> Query:
    """When the next lease ends."""
    return select(func.min(Delivery.leased_until)).where(_is(DeliveryState.SENDING))


def texts() -> Query:
    """When the oldest reply that still has its text was settled."""
    return select(func.min(Delivery.settled_at)).where(*_has_text())


def closed_texts() -> Query:
    """Now, if a text written before a consultation closed is still kept."""
    closing = select(func.max(Consultation.closed_at)).scalar_subquery()
    return at_once(exists().where(*_has_text(), Delivery.created_at <= closing))


def merges() -> Query:
    """When the oldest merge that can still be undone happened."""
    return select(func.min(Merge.merged_at)).where(Merge.sealed.is_not(None))


def superseded() -> Query:
    """When the next superseded ballot is deleted."""
    return select(func.min(Superseded.kept_until)).where(Superseded.kept_until.is_not(None))


def first_checkpoint() -> Query:
    """Now, if there are acts in the record and it was never signed."""
    return at_once(checkpoints.never_signed())


def leftovers() -> Query:
    """Now, if something without a due time of its own is left over.

    That is: data in conversations about a consultation closed within a day, hashes of erased residents, and wrong
    agent codes entered on earlier days.
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
