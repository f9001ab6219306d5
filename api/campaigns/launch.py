"""Launching: texts frozen once per language, script and channel, deliveries written by one set-based statement."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, CursorResult, Subquery, and_, func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.campaigns.audience import digest
from api.campaigns.audience.quotas import due_at
from api.campaigns.audience.selection import CHANNELS, INVITE, classified
from api.campaigns.context import Kit
from api.campaigns.models import Campaign
from api.campaigns.rendering import Spoken, spoken
from api.consultations.models import Consultation, Participation
from api.consultations.participation import ASKED
from api.db import insert
from api.outbox import payload, states
from api.outbox.counters import Changes
from api.outbox.flow import budgets
from api.outbox.models import Body, Delivery
from api.outbox.write.replies import CAMPAIGN


async def launch(session: AsyncSession, campaign: Campaign, *, kit: Kit, now: datetime) -> dict[str, int]:
    """Queue a delivery for everyone selected; returns how many by channel.

    `unique(campaign, resident)` has the last word: launching again reaches only those who came since. Raises
    Untranslated before anything is queued.
    """
    consultation = await _locked(session, campaign)
    await _freeze(session, campaign, await spoken(session, campaign, consultation, kit=kit), kit=kit)
    await budgets.fill(session, budgets.of_campaign(campaign.id), ceiling=campaign.budget)
    before = await _newest(session, campaign)
    queued = {}
    for channel in CHANNELS:
        queued[channel] = await _queue(session, campaign, consultation, channel=channel, now=now, kit=kit)
    await _count(session, campaign, after=before, now=now)
    if campaign.purpose == INVITE and consultation is not None:
        await _mark_asked(session, campaign.id, consultation.id)
    return queued


async def _locked(session: AsyncSession, campaign: Campaign) -> Consultation | None:
    """The campaign's consultation. It and the first of what is resent are locked: nobody is asked by two at once.

    So is the first of all campaigns, unless this one is urgent: those that heed what people got lately, or will, take
    turns; two at once would each see nothing of the other.
    """
    if not campaign.urgent:
        await session.scalar(select(Campaign.id).order_by(Campaign.id).limit(1).with_for_update(key_share=True))
    if campaign.origin is not None:
        await session.get(Campaign, campaign.origin, with_for_update=True)
    if campaign.consultation_id is None:
        return None
    return await session.get(Consultation, campaign.consultation_id, with_for_update=True)


async def _freeze(session: AsyncSession, campaign: Campaign, texts: list[Spoken], *, kit: Kit) -> None:
    rows = [
        {
            "campaign_id": campaign.id,
            "channel": channel,
            "language": each.language,
            "latin": each.latin,
            "variant": each.variant,
            "text": each.on(channel),
            "choices": payload.pack(each.choices),
            "parts": kit.parts(channel, each.on(channel), each.choices),
            "purpose": campaign.purpose,
        }
        for channel in CHANNELS
        for each in texts
    ]
    await session.execute(insert(session)(Body).on_conflict_do_nothing(), rows)


async def _queue(
    session: AsyncSession,
    campaign: Campaign,
    consultation: Consultation | None,
    *,
    channel: str,
    now: datetime,
    kit: Kit,
) -> int:
    people = classified(campaign, now=now, weekly=kit.rules.weekly)
    columns = _columns(people, campaign, consultation, channel=channel, now=now, kit=kit)
    body = and_(
        Body.campaign_id == campaign.id,
        Body.channel == channel,
        Body.language == people.c.language,
        Body.latin == people.c.latin,
        Body.variant == people.c.variant,
    )
    source: Any = (
        select(*(column.label(name) for name, column in columns.items()))
        .select_from(people)
        .join(Body, body)
        .where(people.c.channel == channel, people.c.excluded.is_(None))
    )
    made = insert(session)(Delivery).from_select(list(columns), source).on_conflict_do_nothing()
    done: CursorResult[Any] = await session.execute(made)  # type: ignore[assignment]
    return done.rowcount


def _columns(
    people: Subquery, campaign: Campaign, consultation: Consultation | None, *, channel: str, now: datetime, kit: Kit
) -> dict[str, ColumnElement[Any]]:
    """What a delivery is made of, for each of the people."""
    expires_at = campaign.expires_at or (consultation.closes_at if consultation is not None else None)
    road = kit.rules.roads.sql_pick(
        channel, purpose=campaign.purpose, priority="campaign", prefix=people.c.prefix, who=people.c.resident_id
    )
    return {
        "channel": literal(channel),
        "road": road,
        "province": people.c.province,
        "address_id": people.c.address_id,
        "resident_id": people.c.resident_id,
        "priority": literal(CAMPAIGN),
        "state": literal(states.QUEUED),
        "attempts": literal(0),
        "campaign_id": literal(campaign.id),
        "body_id": Body.id.expression,
        "due_at": _due_at(campaign, people, now=now),
        "created_at": literal(now, Delivery.created_at.type),
        "expires_at": literal(expires_at, Delivery.expires_at.type),
    }


def _due_at(campaign: Campaign, people: Subquery, *, now: datetime) -> ColumnElement[datetime]:
    due = due_at(campaign, people.c.wave, now=now)
    return digest.later(due, people.c.wait, now=now) if digest.applies(campaign) else due


async def _newest(session: AsyncSession, campaign: Campaign) -> int:
    """The newest delivery of the campaign so far; 0 where there is none."""
    return await session.scalar(select(func.max(Delivery.id)).where(Delivery.campaign_id == campaign.id)) or 0


async def _count(session: AsyncSession, campaign: Campaign, *, after: int, now: datetime) -> None:
    """Begin the tallies with what was queued just now."""
    groups = (Delivery.body_id, Delivery.province)
    made = (Delivery.campaign_id == campaign.id, Delivery.id > after)
    rows = await session.execute(select(*groups, func.count()).where(*made).group_by(*groups))
    changes = Changes()
    changes.queue(campaign.id, ((body or 0, province, count) for body, province, count in rows))
    await changes.write(session, now=now)


async def _mark_asked(session: AsyncSession, campaign_id: int, consultation_id: int) -> None:
    columns = ("consultation_id", "resident_id", "state")
    source = select(literal(consultation_id), Delivery.resident_id, literal(ASKED)).where(
        Delivery.campaign_id == campaign_id
    )
    made = insert(session)(Participation).from_select(list(columns), source)
    await session.execute(made.on_conflict_do_nothing())
