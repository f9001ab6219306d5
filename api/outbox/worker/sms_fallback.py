"""Falling back: what Telegram could not take goes out by SMS, where the resident agreed to that."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import and_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from api.outbox import states
from api.outbox.counters import Cell, Changes
from api.outbox.flow import send_windows
from api.outbox.models import Body, Delivery
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
    state: str = states.SENDING,
) -> bool:
    """Queue a claimed delivery of a campaign again, for SMS. Says whether it could be: not where its fate is known,
    or its campaign is over.

    It stays the same row, so that nobody can get the campaign on both channels. Without `roads` the usual one takes it.
    """
    found = (await session.execute(_way(delivery_id, state))).first()
    if found is None:
        return False
    road = TO
    if roads is not None:
        road = roads.pick(TO, purpose=found.purpose, priority="campaign", prefix=found.prefix, who=found.resident_id)
    await session.execute(
        update(Delivery)
        .where(Delivery.id == delivery_id)
        .values(
            state=states.QUEUED, leased_until=None, attempts=0, due_at=now, reason=f"{FROM}: {reason}"[:40],
            channel=TO, road=road, address_id=found.address_id, body_id=found.body_id,
        )
    )  # fmt: skip
    wake(session, OUTBOX)
    changes = Changes()
    changes.turn(
        Cell(found.campaign_id, found.before, found.province, states.QUEUED, ""),
        Cell(found.campaign_id, found.body_id, found.province, states.QUEUED, ""),
    )
    await changes.write(session, now=now)
    return True


def _way(delivery_id: int, state: str) -> Any:
    """The newest number of whoever the delivery goes to, and the same text as it was frozen for SMS."""
    before, after, number = aliased(Body), aliased(Body), aliased(Address)
    same = and_(
        after.campaign_id == before.campaign_id, after.language == before.language, after.latin == before.latin,
        after.variant == before.variant, after.channel == TO,
    )  # fmt: skip
    said = select(Consent.granted).where(Consent.resident_id == Resident.id, Consent.channel == TO)
    agreed = said.order_by(Consent.id.desc()).limit(1).scalar_subquery()  # what they said there last
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
            send_windows.present(Delivery.campaign_id), Resident.state == "active", agreed,
        )
        .order_by(number.id.desc())
        .limit(1)
        .with_for_update(of=Delivery)
    )  # fmt: skip
