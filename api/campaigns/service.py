"""Inviting residents to a consultation: texts frozen once, deliveries written by one set-based statement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import CursorResult, Select, and_, case, func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.campaigns.models import Campaign
from api.channel import Choice
from api.clock import MOROCCO
from api.consultations import service as consultations
from api.consultations.ballots import ASKED
from api.consultations.models import Consultation, Participation
from api.db import insert
from api.errors import NotOpen
from api.formats import short_day
from api.i18n import LANGUAGES, Catalogs, Voice
from api.messages import service as messages
from api.outbox import sealing, states
from api.outbox.models import Body, Delivery
from api.outbox.replies import CAMPAIGN
from api.residents.models import Address, Resident
from api.residents.service import ACTIVE

CHANNELS = ("telegram", "sms")  # the free one first
INVITE = "invite"


@dataclass(frozen=True, slots=True)
class Invited:
    """What came of a launch: the campaign, and how many deliveries it queued by channel."""

    campaign_id: int
    queued: dict[str, int]


async def invite(session: AsyncSession, code: str, *, catalogs: Catalogs, now: datetime) -> Invited:
    """Queue an invitation for every active resident not asked yet, in their language, on one of their channels.

    Launching again reaches only those who came since: `unique(campaign, resident)` refuses the others. Raises NotFound,
    NotOpen, or Untranslated before anything is queued.
    """
    consultation = await consultations.get(session, code)
    if not consultations.takes_answers(consultation, now):
        raise NotOpen(f"{code} is {consultation.state}: only an open consultation can be invited to")
    await messages.renew(session, catalogs)
    campaign_id = await _campaign(session, consultation, now)
    count = await consultations.count_questions(session, consultation.id)
    await _freeze(session, campaign_id, consultation, count=count, catalogs=catalogs)
    queued = {}
    for channel in CHANNELS:
        queued[channel] = await _queue(session, campaign_id, consultation, channel=channel, now=now)
    await _mark_asked(session, campaign_id, consultation.id)
    return Invited(campaign_id, queued)


async def _campaign(session: AsyncSession, consultation: Consultation, now: datetime) -> int:
    made = insert(session)(Campaign).values(purpose=INVITE, consultation_id=consultation.id, launched_at=now)
    # Updating the row locks it: two launches at once take turns.
    found: int | None = await session.scalar(
        made.on_conflict_do_update(
            index_elements=("purpose", "consultation_id"), set_={"launched_at": made.excluded.launched_at}
        ).returning(Campaign.id)
    )
    assert found is not None  # noqa: S101 - an upsert always returns its row
    return found


async def _freeze(
    session: AsyncSession, campaign_id: int, consultation: Consultation, *, count: int, catalogs: Catalogs
) -> None:
    rows = []
    for channel in CHANNELS:
        for language in LANGUAGES:
            for latin in (False, True) if language == "zgh" else (False,):
                voice = catalogs.voice(language, latin=latin)
                begin = Choice(f"open:{consultation.code}", voice("word.begin"), action=True)
                rows.append(
                    {
                        "campaign_id": campaign_id,
                        "channel": channel,
                        "language": language,
                        "latin": latin,
                        "text": _text(voice, consultation, count),
                        "choices": sealing.pack([begin]),
                    }
                )
    await session.execute(insert(session)(Body).on_conflict_do_nothing(), rows)


def _text(voice: Voice, consultation: Consultation, count: int) -> str:
    text = voice("invite", title=voice.pick(consultation.title), count=count)
    if consultation.closes_at is None:
        return text
    ending = voice("invite.until", until=short_day(consultation.closes_at.astimezone(MOROCCO)))
    return f"{text} {ending}"


async def _queue(
    session: AsyncSession, campaign_id: int, consultation: Consultation, *, channel: str, now: datetime
) -> int:
    columns = {
        "channel": literal(channel),
        "address_id": Address.id,
        "resident_id": Resident.id,
        "priority": literal(CAMPAIGN),
        "state": literal(states.QUEUED),
        "attempts": literal(0),
        "campaign_id": literal(campaign_id),
        "body_id": Body.id,
        "due_at": literal(now, Delivery.due_at.type),
        "created_at": literal(now, Delivery.created_at.type),
        "expires_at": literal(consultation.closes_at, Delivery.expires_at.type),
    }
    source: Any = _audience(campaign_id, consultation.id, channel).with_only_columns(
        *(column.label(name) for name, column in columns.items())
    )
    made = insert(session)(Delivery).from_select(list(columns), source).on_conflict_do_nothing()
    done: CursorResult[Any] = await session.execute(made)  # type: ignore[assignment]
    return done.rowcount


def _audience(campaign_id: int, consultation_id: int, channel: str) -> Select[Any]:
    """Active residents who were not asked and did not begin by themselves, by the newest address of this channel."""
    asked = select(Participation.resident_id).where(
        Participation.consultation_id == consultation_id, Participation.resident_id == Resident.id
    )
    newest = (
        select(func.max(Address.id))
        .where(Address.channel == channel, Address.state == "active")
        .group_by(Address.resident_id)
    )
    latin = case((Resident.language == "zgh", Resident.latin), else_=False)
    body = and_(
        Body.campaign_id == campaign_id,
        Body.channel == channel,
        Body.language == Resident.language,
        Body.latin == latin,
    )
    return (
        select(Resident.id)
        .select_from(Resident)
        .join(Address, Address.resident_id == Resident.id)
        .join(Body, body)
        .where(Resident.state == ACTIVE, Address.id.in_(newest), ~asked.exists())
    )


async def _mark_asked(session: AsyncSession, campaign_id: int, consultation_id: int) -> None:
    columns = ("consultation_id", "resident_id", "state")
    source = select(literal(consultation_id), Delivery.resident_id, literal(ASKED)).where(
        Delivery.campaign_id == campaign_id
    )
    made = insert(session)(Participation).from_select(list(columns), source)
    await session.execute(made.on_conflict_do_nothing())
