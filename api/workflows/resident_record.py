"""What is known of one resident, across all domains: the same for the resident who asks and for staff."""

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
class Holdings:
    """What there is beside the resident's own row; `consent` is the newest. What they chose is nowhere."""

    since: datetime
    channels: Sequence[str]
    consent: Consent | None
    consultations: Sequence[tuple[str, Words]]  # code and title of those they took part in
    follows: int
    ideas: Sequence[int]  # the numbers they know them by, the newest first; as of letters
    seats: Sequence[tuple[str, datetime, str]]  # code and beginning of a meeting, and whether it is a seat or waiting
    letters: Sequence[int]
    assisting: bool  # they answer for others at this moment; for whom, or how often, is known of nobody


async def of(session: AsyncSession, resident: Resident, *, for_staff: bool = False) -> Holdings:
    """All that is known of a resident. Staff learn of a consultation only once it is closed that they took part.

    Before, whoever watches its counts would know whose ballot came in.
    """
    mine = resident.id
    channels = select(Address.channel).where(Address.resident_id == resident.id, Address.sealed != b"")
    consent = select(Consent).where(Consent.resident_id == resident.id).order_by(Consent.id.desc()).limit(1)
    took_part = (
        select(Consultation.id, Consultation.code, Consultation.title)
        .join(Participation, Participation.consultation_id == Consultation.id)
        .where(Participation.resident_id == resident.id, Participation.state != "asked")
        .order_by(Consultation.id.desc())
    )
    if for_staff:
        took_part = took_part.where(Consultation.state == ConsultationState.CLOSED)
    opened = (
        set() if for_staff else await casting.consultations_without_ballot(session, mine)
    )  # only looked at: they took no part
    follows = select(func.count()).select_from(Follow).where(Follow.resident_id == mine)
    ideas = select(IdeaAuthor.number).distinct().where(IdeaAuthor.resident_id == mine)
    letters = select(Letter.id).where(Letter.resident_id == mine)
    return Holdings(
        since=resident.joined_at,
        channels=list(await session.scalars(channels.order_by(Address.id))),
        consent=await session.scalar(consent),
        consultations=[
            (code, title) for number, code, title in await session.execute(took_part) if number not in opened
        ],
        follows=await session.scalar(follows) or 0,
        ideas=list(await session.scalars(ideas.order_by(IdeaAuthor.number.desc()))),
        seats=await _seats(session, mine),
        letters=list(await session.scalars(letters.order_by(Letter.id.desc()))),
        assisting=await _assisting(session, mine),
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
    theirs = select(Conversation.assisting).join(Address, Address.id == Conversation.address_id)
    return any(await session.scalars(theirs.where(Address.resident_id == resident_id)))
