"""What went out to somebody unasked since a moment: the newest message of a campaign, and the newest other one."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, or_, select

from api.outbox import states
from api.outbox.models import Delivery

GONE_OUT = (states.SENT, states.DELIVERED, states.UNSURE)  # they may have read it


def newest_notice(address_id: Any, *, since: Any) -> ScalarSelect[int]:
    """The number of the newest message to this address that answers nothing and is no campaign's."""
    own = (Delivery.campaign_id.is_(None), Delivery.inbound_id.is_(None))
    return _newest(*own, Delivery.address_id == address_id, since=since)


def newest_campaign(resident_id: Any, address_id: Any, *, since: Any) -> ScalarSelect[int]:
    """The number of the newest message of a campaign that went to this resident at this address."""
    theirs = (Delivery.resident_id == resident_id, Delivery.address_id == address_id)
    return _newest(Delivery.campaign_id.is_not(None), *theirs, since=since)


def _newest(*which: ColumnElement[bool], since: Any) -> ScalarSelect[int]:
    later = or_(since.is_(None), Delivery.settled_at >= since)
    return (
        select(Delivery.id)
        .where(*which, Delivery.state.in_(GONE_OUT), later)
        .order_by(Delivery.settled_at.desc(), Delivery.id.desc())
        .limit(1)
        .scalar_subquery()
    )
