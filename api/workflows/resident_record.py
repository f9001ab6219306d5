"""Everything known about one resident in all domains, to be shown to the resident or to staff."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.consultations.ballots import casting
from api.consultations.models import Consultation, ConsultationState, Participation, Words
from api.conversations.models import Conversation
from api.desk.models import Letter
from api.meetings.models import Meeting, Registration
from api.proposals.models import IdeaAuthor
from api.residents.models import Address, Consent, Follow, Resident


@dataclass(frozen=True, slots=True)
class ResidentRecord:
    """Details about a resident besides their row, such as the latest consent. They never say how the resident voted."""

    since: datetime
    channels: Sequence[str]
    consent: Consent | None
    consultations: Sequence[tuple[str, Words]]  # code and title of the consultations they took part in
    follows: int
    ideas: Sequence[int]  # the numbers shown to the resident, newest first; likewise letters
    seats: Sequence[tuple[str, datetime, str]]  # meeting code, start, and state: a seat or waiting
    letters: Sequence[int]
    assisting: bool  # typing others' answers as an agent right now; for whom, or how often, is not stored


async def read(session: AsyncSession, resident: Resident, *, for_staff: bool = False) -> ResidentRecord:
    """Read everything known about a resident.

    With `for_staff`, participation in open consultations is left out. Its counts change with each ballot, so staff
    could work out a vote.
    """
    number = resident.id
    channels = select(Address.channel).where(Address.resident_id == number, Address.sealed != b"")
    consent = select(Consent).where(Consent.resident_id == number).order_by(Consent.id.desc()).limit(1)
    took_part = (
        select(Consultation.id, Consultation.code, Consultation.title)
        .join(Participation, Participation.consultation_id == Consultation.id)
        .where(Participation.resident_id == number, Participation.state != "asked")
        .order_by(Consultation.id.desc())
    )
    if for_staff:
        took_part = took_part.where(Consultation.state == ConsultationState.CLOSED)
    unanswered = (
        set() if for_staff else await casting.consultations_without_ballot(session, number)
    )  # opened, but no ballot cast
    follows = select(func.count()).select_from(Follow).where(Follow.resident_id == number)
    ideas = select(IdeaAuthor.number).distinct().where(IdeaAuthor.resident_id == number)
    letters = select(Letter.id).where(Letter.resident_id == number)
    return ResidentRecord(
        since=resident.joined_at,
        channels=list(await session.scalars(channels.order_by(Address.id))),
        consent=await session.scalar(consent),
        consultations=[(code, title) for id_, code, title in await session.execute(took_part) if id_ not in unanswered],
        follows=await session.scalar(follows) or 0,
        ideas=list(await session.scalars(ideas.order_by(IdeaAuthor.number.desc()))),
        seats=await _seats(session, number),
        letters=list(await session.scalars(letters.order_by(Letter.id.desc()))),
        assisting=await _assisting(session, number),
    )


async def _seats(session: AsyncSession, resident_id: int) -> list[tuple[str, datetime, str]]:
    rows = await session.execute(
        select(Meeting.code, Meeting.starts_at, Registration.state)
        .join(Registration, Registration.meeting_id == Meeting.id)
        .where(Registration.resident_id == resident_id)
        .order_by(Meeting.starts_at.desc(), Meeting.id)
    )
    return [(code, starts_at, state) for code, starts_at, state in rows]


async def _assisting(session: AsyncSession, resident_id: int) -> bool:
    sessions = select(Conversation.assisting).join(Address, Address.id == Conversation.address_id)
    return any(await session.scalars(sessions.where(Address.resident_id == resident_id)))
