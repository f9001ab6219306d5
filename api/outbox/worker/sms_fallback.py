"""Send a campaign message by SMS if Telegram could not take it and the resident agreed to SMS."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import and_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from api.outbox.counters import Cell, Changes
from api.outbox.flow import send_windows
from api.outbox.models import Body, Delivery
from api.outbox.states import DeliveryState
from api.residents.models import Address, Consent, Resident
from api.routing.roads import Roads
from api.runtime.wakeups import OUTBOX, wake

FROM, TO = "telegram", "sms"


async def by_sms(
    session: AsyncSession,
    delivery_id: int,
    *,
    roads: Roads | None,
    reason: str,
    now: datetime,
    state: DeliveryState = DeliveryState.SENDING,
) -> bool:
    """Queue a campaign delivery again, now for SMS; return whether that was possible.

    If the delivery's state has changed, the campaign has ended, or the resident did not agree to SMS, it is not
    possible. The row stays the same, so nobody can get the campaign on both channels. Without `roads` the default SMS
    road is used.
    """
    target = (await session.execute(_target(delivery_id, state))).first()
    if target is None:
        return False
    road = TO
    if roads is not None:
        road = roads.pick(TO, purpose=target.purpose, priority="campaign", prefix=target.prefix, who=target.resident_id)
    await session.execute(
        update(Delivery)
        .where(Delivery.id == delivery_id)
        .values(
            state=DeliveryState.QUEUED, leased_until=None, attempts=0, due_at=now, reason=f"{FROM}: {reason}"[:40],
            channel=TO, road=road, address_id=target.address_id, body_id=target.body_id,
        )
    )  # fmt: skip
    wake(session, OUTBOX)
    changes = Changes()
    changes.move_one(
        Cell(target.campaign_id, target.before, target.province, DeliveryState.QUEUED, ""),
        Cell(target.campaign_id, target.body_id, target.province, DeliveryState.QUEUED, ""),
    )
    await changes.write(session, now=now)
    return True


def _target(delivery_id: int, state: DeliveryState) -> Any:
    """Return a query for the recipient's newest phone number and the campaign's text for SMS."""
    before, after, number = aliased(Body), aliased(Body), aliased(Address)
    same = and_(
        after.campaign_id == before.campaign_id, after.language == before.language, after.latin == before.latin,
        after.variant == before.variant, after.channel == TO,
    )  # fmt: skip
    answer = select(Consent.granted).where(Consent.resident_id == Resident.id, Consent.channel == TO)
    latest_answer = answer.order_by(Consent.id.desc()).limit(1).scalar_subquery()  # their latest answer on SMS
    return (
        select(
            Delivery.campaign_id, Delivery.resident_id, before.id.label("before"), after.id.label("body_id"),
            Delivery.province, after.purpose, number.id.label("address_id"), number.prefix,
        )
        .join(Address, Address.id == Delivery.address_id)
        .join(Resident, Resident.id == Address.resident_id)
        .join(number, and_(number.resident_id == Resident.id, number.channel == TO, number.state == "active"))
        .join(before, before.id == Delivery.body_id)
        .join(after, same)
        .where(
            Delivery.id == delivery_id, Delivery.state == state, Delivery.channel == FROM,
            send_windows.has_window(Delivery.campaign_id), Resident.state == "active", latest_answer,
        )
        .order_by(number.id.desc())
        .limit(1)
        .with_for_update(of=Delivery)
    )  # fmt: skip
