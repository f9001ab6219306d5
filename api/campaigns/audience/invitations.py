"""Find the consultation to which a resident was last invited."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.campaigns.audience.selection import INVITE, REMIND
from api.campaigns.models import Campaign
from api.outbox.last_pushed import GONE_OUT
from api.outbox.models import Delivery


async def read_last(session: AsyncSession, resident_id: int, *, address_id: int, since: datetime | None) -> int | None:
    """Return the id of the consultation that a resident's newest campaign message is about.

    If that message neither invites nor reminds, went to another address, or was sent before `since`, return None.
    """
    newest = (
        select(Delivery.campaign_id, Delivery.address_id, Delivery.settled_at)
        .where(Delivery.resident_id == resident_id, Delivery.campaign_id.is_not(None), Delivery.state.in_(GONE_OUT))
        .order_by(Delivery.created_at.desc(), Delivery.id.desc())
        .limit(1)
        .subquery()
    )
    row = (
        await session.execute(
            select(Campaign.consultation_id, newest.c.settled_at)
            .join(newest, newest.c.campaign_id == Campaign.id)
            .where(Campaign.purpose.in_((INVITE, REMIND)), newest.c.address_id == address_id)
        )
    ).first()
    if row is None or (since is not None and row.settled_at is not None and row.settled_at < since):
        return None
    consultation_id: int | None = row.consultation_id
    return consultation_id


async def newest(session: AsyncSession, resident_id: int, *, of: Sequence[int]) -> int | None:
    """Return the id of the consultation to which a resident was last invited.

    Only the consultations in `of` are considered. Return None if the resident was invited to none of them.
    """
    consultation_id: int | None = await session.scalar(
        select(Campaign.consultation_id)
        .join(Delivery, Delivery.campaign_id == Campaign.id)
        .where(
            Delivery.resident_id == resident_id,
            Delivery.campaign_id.is_not(None),
            Delivery.state.in_(GONE_OUT),
            Campaign.purpose.in_((INVITE, REMIND)),
            Campaign.consultation_id.in_(of),
        )
        .order_by(Delivery.id.desc())
        .limit(1)
    )
    return consultation_id
