"""When each thing that happens by itself is due next, as SQL that reads the head of an index, or a small table."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, bindparam, exists, func, literal_column, or_, select

from api.agents.models import AgentTry
from api.campaigns import transitions
from api.campaigns.models import Campaign
from api.clock import MOROCCO
from api.commitments import write
from api.consultations import service as consultations
from api.consultations.counts import snapshots as read
from api.consultations.models import Consultation, Superseded
from api.consultations.receipts import verification
from api.consultations.words.own_words import OwnWords
from api.db import Moment
from api.meetings import minutes_review, notifications
from api.meetings.models import Meeting
from api.meetings.service import AHEAD
from api.outbox import states
from api.outbox.models import Delivery, Gate
from api.residents.erasure import EMPTIED
from api.residents.models import Address, Merge
from api.wall_time import Reached
from api.workflows import late_milestones

Query = Select[Any]

_NOW: Any = bindparam("now", type_=Moment())
_REACHED: Any = bindparam("reached", type_=Reached())  # now, beside a `WallTime`
_DAY_AGO: Any = bindparam("day_ago", type_=Moment())
_TODAY: Any = bindparam("today", type_=Date())
_RECENT: Any = bindparam("recent", type_=Date())


def values(now: datetime) -> Mapping[str, Any]:
    """What these queries are bound to, beside `now`."""
    today: date = now.astimezone(MOROCCO).date()
    return {
        "reached": now,
        "day_ago": now - timedelta(days=1),
        "today": today,
        "recent": today - late_milestones.RECENT,
    }


def at_once(*conditions: ColumnElement[bool]) -> Query:
    """Now, if these hold."""
    return select(_NOW).where(*conditions)


def _is(name: str) -> ColumnElement[bool]:
    """A delivery's state. Not bound, so that a partial index is seen to fit; SQLite takes it only word by word."""
    return Delivery.state == literal_column(f"'{name}'")


def launches() -> Query:
    """The next scheduled campaign."""
    return select(func.min(Campaign.scheduled_for)).where(Campaign.state == transitions.SCHEDULED)


def flowing() -> Query:
    """At once, while a running campaign flows, or its gate has to be set."""
    held = exists().where(Gate.campaign_id == Campaign.id, Gate.opens_at > _NOW)
    return at_once(exists().where(Campaign.state == transitions.RUNNING, ~held))


def gates() -> Query:
    """When the next gate opens."""
    return select(func.min(Gate.opens_at)).where(Gate.opens_at > _NOW)


def running() -> Query:
    """At once, while any campaign runs: what waits behind its gate may be taken away meanwhile."""
    return at_once(exists().where(Campaign.state == transitions.RUNNING))


def openings() -> Query:
    """When the next draft opens."""
    before = or_(Consultation.closes_at.is_(None), Consultation.closes_at > _REACHED)
    return select(func.min(Consultation.opens_at)).where(Consultation.state == consultations.DRAFT, before)


def closings() -> Query:
    """When the next consultation closes."""
    return select(func.min(Consultation.closes_at)).where(Consultation.state == consultations.OPEN)


def cleanings() -> Query:
    """At once, if a consultation is closed and not clean, or there are texts that nobody read in."""
    unclean = exists().where(Consultation.state == consultations.CLOSED, Consultation.cleaned_at.is_(None))
    return at_once(or_(unclean, exists().where(OwnWords.key.is_(None))))


def readings() -> Query:
    """When an open consultation was read that is read again at the next full hour."""
    return read.due()


def lists() -> Query:
    """When the published list was hashed that was not for longest."""
    return verification.due()


def milestones() -> Query:
    """At once, if one is done that nobody was told of."""
    return at_once(write.untold().exists())


def late() -> Query:
    """At once, if a milestone is late that was not told of."""
    return at_once(late_milestones.newly_late(_RECENT, _TODAY).exists())


def expiries() -> Query:
    """When the next delivery is given up."""
    return select(func.min(Delivery.expires_at)).where(_is(states.QUEUED), Delivery.expires_at.is_not(None))


def seats() -> Query:
    """At once, if a seat came free that somebody waits for."""
    return at_once(notifications.free_seats(_REACHED).exists())


def reminders() -> Query:
    """When the next meeting begins whose reminder was not sent."""
    waits = (Meeting.state.in_(AHEAD), Meeting.reminded_at.is_(None), Meeting.starts_at > _REACHED)
    return select(func.min(Meeting.starts_at)).where(*waits)


def minutes() -> Query:
    """At once, if somebody is to be asked about the minutes of a meeting."""
    return at_once(minutes_review.to_ask().exists())


def leases() -> Query:
    """When the next lease ends."""
    return select(func.min(Delivery.leased_until)).where(_is(states.SENDING))


def texts() -> Query:
    """When the oldest text that is still kept was handed over."""
    return select(func.min(Delivery.settled_at)).where(*_kept())


def closed_texts() -> Query:
    """At once, if a text is kept that was written before a consultation closed, and settled after it."""
    closing = select(func.max(Consultation.closed_at)).scalar_subquery()
    return at_once(exists().where(*_kept(), Delivery.created_at <= closing))


def merges() -> Query:
    """When the oldest merge happened that can still be undone."""
    return select(func.min(Merge.merged_at)).where(Merge.sealed.is_not(None))


def superseded() -> Query:
    """Until when the next ballot is kept that counts no more."""
    return select(func.min(Superseded.kept_until)).where(Superseded.kept_until.is_not(None))


def leftovers() -> Query:
    """At once, if there is something that no moment can be told of: what conversations hold of a consultation that
    closed lately, a hash of the erased, an agent's wrong code of another day.
    """
    return at_once(
        or_(
            exists().where(Consultation.closed_at >= _DAY_AGO),
            exists().where(Address.state == literal_column(f"'{EMPTIED}'")),
            exists().where(AgentTry.day < _TODAY),
        )
    )


def _kept() -> tuple[ColumnElement[bool], ...]:
    over = Delivery.state.not_in((states.QUEUED, states.SENDING))
    return Delivery.sealed.is_not(None), Delivery.settled_at.is_not(None), over
