"""Launching: texts frozen once per language, script and channel, deliveries written by one set-based statement."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CursorResult, and_, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.campaigns.models import Campaign
from api.campaigns.selection import CHANNELS, INVITE, classified
from api.campaigns.texts import Spoken, spoken
from api.consultations.ballots import ASKED
from api.consultations.models import Consultation, Participation
from api.db import insert
from api.i18n import Catalogs
from api.outbox import sealing, states
from api.outbox.models import Body, Delivery
from api.outbox.replies import CAMPAIGN


async def launch(
    session: AsyncSession, campaign: Campaign, *, catalogs: Catalogs, now: datetime, weekly: int
) -> dict[str, int]:
    """Queue a delivery for everyone selected; returns how many by channel.

    `unique(campaign, resident)` has the last word: launching again reaches only those who came since. Raises
    Untranslated before anything is queued.
    """
    consultation = await _locked(session, campaign)
    await _freeze(session, campaign, await spoken(session, campaign, consultation, catalogs=catalogs))
    queued = {}
    for channel in CHANNELS:
        queued[channel] = await _queue(session, campaign, consultation, channel=channel, now=now, weekly=weekly)
    if campaign.purpose == INVITE and consultation is not None:
        await _mark_asked(session, campaign.id, consultation.id)
    return queued


async def _locked(session: AsyncSession, campaign: Campaign) -> Consultation | None:
    """The campaign's consultation; locked, so that two invitations to it take turns and nobody is asked twice."""
    if campaign.consultation_id is None:
        return None
    return await session.get(Consultation, campaign.consultation_id, with_for_update=True)


async def _freeze(session: AsyncSession, campaign: Campaign, texts: list[Spoken]) -> None:
    rows = [
        {
            "campaign_id": campaign.id,
            "channel": channel,
            "language": each.language,
            "latin": each.latin,
            "text": each.text,
            "choices": sealing.pack(each.choices),
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
    weekly: int,
) -> int:
    people = classified(campaign, now=now, weekly=weekly)
    expires_at = campaign.expires_at or (consultation.closes_at if consultation is not None else None)
    columns = {
        "channel": literal(channel),
        "address_id": people.c.address_id,
        "resident_id": people.c.resident_id,
        "priority": literal(CAMPAIGN),
        "state": literal(states.QUEUED),
        "attempts": literal(0),
        "campaign_id": literal(campaign.id),
        "body_id": Body.id,
        "due_at": literal(now, Delivery.due_at.type),
        "created_at": literal(now, Delivery.created_at.type),
        "expires_at": literal(expires_at, Delivery.expires_at.type),
    }
    body = and_(
        Body.campaign_id == campaign.id,
        Body.channel == channel,
        Body.language == people.c.language,
        Body.latin == people.c.latin,
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


async def _mark_asked(session: AsyncSession, campaign_id: int, consultation_id: int) -> None:
    columns = ("consultation_id", "resident_id", "state")
    source = select(literal(consultation_id), Delivery.resident_id, literal(ASKED)).where(
        Delivery.campaign_id == campaign_id
    )
    made = insert(session)(Participation).from_select(list(columns), source)
    await session.execute(made.on_conflict_do_nothing())
