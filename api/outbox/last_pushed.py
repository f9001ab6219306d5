"""Find the newest messages that a person got without asking: campaign messages and notifications."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, or_, select

from api.outbox.models import Delivery
from api.outbox.states import DeliveryState

GONE_OUT = (DeliveryState.SENT, DeliveryState.DELIVERED, DeliveryState.UNSURE)  # the recipient may have read it


def newest_notice(address_id: Any, *, since: Any) -> ScalarSelect[int]:
    """Return an SQL query for the id of the newest notification to this address since a given time.

    A notification is a message that is neither a reply nor part of a campaign.
    """
    kind = (Delivery.campaign_id.is_(None), Delivery.inbound_id.is_(None))
    return _newest(*kind, Delivery.address_id == address_id, since=since)


def newest_campaign(resident_id: Any, address_id: Any, *, since: Any) -> ScalarSelect[int]:
    """Return an SQL query for the id of a resident's newest campaign message at this address since a given time."""
    recipient = (Delivery.resident_id == resident_id, Delivery.address_id == address_id)
    return _newest(Delivery.campaign_id.is_not(None), *recipient, since=since)


def _newest(*conditions: ColumnElement[bool], since: Any) -> ScalarSelect[int]:
    later = or_(since.is_(None), Delivery.settled_at >= since)
    return (
        select(Delivery.id)
        .where(*conditions, Delivery.state.in_(GONE_OUT), later)
        .order_by(Delivery.settled_at.desc(), Delivery.id.desc())
        .limit(1)
        .scalar_subquery()
    )
