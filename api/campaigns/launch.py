"""Launch a campaign: store its final texts and queue its deliveries, reading the audience in one statement."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Subquery, and_, func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.campaigns.audience import digest
from api.campaigns.audience.quotas import due_at
from api.campaigns.audience.selection import CHANNELS, INVITE, classified
from api.campaigns.context import CampaignContext
from api.campaigns.estimate.cost import Cost
from api.campaigns.models import Campaign
from api.campaigns.rendering import RenderedText
from api.consultations.models import Consultation, Participation, ParticipationState
from api.db import insert
from api.outbox import payload
from api.outbox.counters import Changes, QueuedCount
from api.outbox.flow import budgets
from api.outbox.models import Body, Delivery
from api.outbox.states import DeliveryState
from api.outbox.write.replies import CAMPAIGN
from api.residents.models import Address
from api.routing.prices import PAID


class Queued(NamedTuple):
    """The number of deliveries that a launch queued on each channel, and their cost by SMS."""

    by_channel: dict[str, int]
    cost: Cost  # 0 if the campaign has no budget

    @property
    def recipients(self) -> int:
        """The number of people who get the campaign."""
        return sum(self.by_channel.values())


async def lock(session: AsyncSession, campaign: Campaign) -> Consultation | None:
    """Lock the rows that a launch depends on; return the campaign's consultation, if it has one."""
    # Launches that obey the weekly limit run one after another, and each sees the messages of the one before.
    if not campaign.urgent:
        await session.scalar(select(Campaign.id).order_by(Campaign.id).limit(1).with_for_update(key_share=True))
    # the first campaign of the chain of resends, so that two launches at once never reach the same person
    if campaign.origin is not None:
        await session.get(Campaign, campaign.origin, with_for_update=True)
    if campaign.consultation_id is None:
        return None
    return await session.get(Consultation, campaign.consultation_id, with_for_update=True)


async def queue(
    session: AsyncSession,
    campaign: Campaign,
    consultation: Consultation | None,
    texts: Sequence[RenderedText],
    *,
    kit: CampaignContext,
    now: datetime,
) -> Queued:
    """Store the final texts, and queue a delivery to everyone who was selected.

    Campaign and resident are a unique key, so nobody gets a second delivery of the same campaign.
    """
    await _freeze(session, campaign, texts, kit=kit)
    await budgets.set_ceiling(session, budgets.of_campaign(campaign.id), ceiling=campaign.budget)
    newest = await session.scalar(select(func.max(Delivery.id)).where(Delivery.campaign_id == campaign.id)) or 0
    await _insert(session, campaign, consultation, kit=kit, now=now)
    by_channel = await _count(session, campaign, after=newest, now=now)
    if campaign.purpose == INVITE and consultation is not None:
        await _mark_asked(session, campaign.id, consultation.id)
    return Queued(by_channel, Cost() if campaign.budget is None else await _cost(session, campaign, newest, kit=kit))


async def _freeze(
    session: AsyncSession, campaign: Campaign, texts: Sequence[RenderedText], *, kit: CampaignContext
) -> None:
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


async def _insert(
    session: AsyncSession, campaign: Campaign, consultation: Consultation | None, *, kit: CampaignContext, now: datetime
) -> None:
    """Insert the deliveries of all channels, selecting the audience in the same SQL statement."""
    people = classified(campaign, now=now, weekly=kit.rules.weekly)
    columns = _columns(people, campaign, consultation, now=now, kit=kit)
    body = and_(
        Body.campaign_id == campaign.id,
        Body.channel == people.c.channel,
        Body.language == people.c.language,
        Body.latin == people.c.latin,
        Body.variant == people.c.variant,
    )
    source: Any = (
        select(*(column.label(name) for name, column in columns.items()))
        .select_from(people)
        .join(Body, body)
        .where(people.c.excluded.is_(None))
    )
    await session.execute(insert(session)(Delivery).from_select(list(columns), source).on_conflict_do_nothing())


def _columns(
    people: Subquery, campaign: Campaign, consultation: Consultation | None, *, now: datetime, kit: CampaignContext
) -> dict[str, ColumnElement[Any]]:
    """Return the values of a delivery's columns for a selected person, as SQL expressions."""
    expires_at = campaign.expires_at or (consultation.closes_at if consultation is not None else None)
    return {
        "channel": people.c.channel,
        "road": kit.rules.picked_road(people, purpose=campaign.purpose),
        "province": people.c.province,
        "address_id": people.c.address_id,
        "resident_id": people.c.resident_id,
        "priority": literal(CAMPAIGN),
        "state": literal(DeliveryState.QUEUED, Delivery.state.type),
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


async def _count(session: AsyncSession, campaign: Campaign, *, after: int, now: datetime) -> dict[str, int]:
    """Add the new deliveries to the counters; return their number on each channel."""
    groups = (Delivery.channel, Delivery.body_id, Delivery.province)
    # `after` is the greatest delivery id before the launch
    new = (Delivery.campaign_id == campaign.id, Delivery.id > after)
    rows = (await session.execute(select(*groups, func.count()).where(*new).group_by(*groups))).all()
    changes = Changes()
    changes.queue(campaign.id, (QueuedCount(body_id or 0, province, count) for _, body_id, province, count in rows))
    await changes.write(session, now=now)
    return {channel: sum(count for name, _, _, count in rows if name == channel) for channel in CHANNELS}


async def _cost(session: AsyncSession, campaign: Campaign, after: int, *, kit: CampaignContext) -> Cost:
    """Return what the new deliveries cost: those with ids above `after`."""
    price = kit.rules.prices.sql_of(Delivery.road.expression, Address.prefix.expression).label("price")
    new = (Delivery.campaign_id == campaign.id, Delivery.id > after, Delivery.channel.in_(PAID))
    priced = select(Body.language, Body.parts, price).select_from(Delivery).where(*new)
    joined = priced.join(Body, Body.id == Delivery.body_id).join(Address, Address.id == Delivery.address_id).subquery()
    groups = (joined.c.language, joined.c.parts, joined.c.price)
    micros, unpriced = Counter[str](), 0
    for language, parts, each, count in await session.execute(select(*groups, func.count()).group_by(*groups)):
        if each is None:
            unpriced += count
        else:
            micros[language] += each * parts * count
    return Cost(dict(micros), unpriced)


async def _mark_asked(session: AsyncSession, campaign_id: int, consultation_id: int) -> None:
    columns = ("consultation_id", "resident_id", "state")
    source = select(literal(consultation_id), Delivery.resident_id, literal(ParticipationState.ASKED.value)).where(
        Delivery.campaign_id == campaign_id
    )
    asked = insert(session)(Participation).from_select(list(columns), source)
    await session.execute(asked.on_conflict_do_nothing())
