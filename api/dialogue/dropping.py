"""Letters that were offered to be sent and never were: dropped once the offer is over, and when a vote closes.

They may name a receipt beside its owner, and after closing everybody can look up what a receipt says.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, String, cast, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.consultations.models import Consultation, Participation
from api.dialogue.models import DRAFT, FRESH, Conversation
from api.residents.models import Address

_LOOKS_BACK = timedelta(days=1)  # over conversations; what is older cannot be read any more (`outbox/passing.py`)


async def expire(session: AsyncSession, *, now: datetime) -> None:
    """Drop the drafts that no yes can send any more."""
    heard = Conversation.heard_at.between(now - _LOOKS_BACK, now - FRESH)
    for each in await session.scalars(_held(heard).with_for_update(skip_locked=True)):
        if _at(each) <= now - FRESH:
            let_go(each)
    await session.flush()


async def close(session: AsyncSession, closed: Sequence[int]) -> None:
    """Drop the drafts that people who took part in these consultations had when they closed, but for busy ones."""
    for theirs, closed_at in await _closings(session, closed):
        for each in await session.scalars(_held(theirs).with_for_update(skip_locked=True)):
            if _at(each) <= closed_at:
                let_go(each)
    await session.flush()


async def is_left(session: AsyncSession, closed: Sequence[int]) -> bool:
    """Whether any of these drafts is still there: its conversation was busy."""
    for theirs, closed_at in await _closings(session, closed):
        if any(_at(each) <= closed_at for each in await session.scalars(_held(theirs))):
            return True
    return False


def let_go(at: Conversation) -> None:
    """Forget the draft of a conversation, and the offer to send it."""
    at.put_away()
    if at.step == "desk.offer":
        at.step, at.offered = "home" if at.consultation_id is None else "question", []


def _held(which: ColumnElement[bool]) -> Select[Conversation]:
    return select(Conversation).where(which, cast(Conversation.notes, String).contains(f'"{DRAFT}"'))


def _at(held: Conversation) -> datetime:
    return datetime.fromisoformat(held.notes[DRAFT]["at"])


async def _closings(session: AsyncSession, closed: Sequence[int]) -> list[tuple[ColumnElement[bool], datetime]]:
    """Whose drafts go, and from before when."""
    ended = select(Consultation.id, Consultation.closed_at).where(Consultation.id.in_(closed))
    found = list[tuple[ColumnElement[bool], datetime]]()
    for number, closed_at in await session.execute(ended):
        part = select(Participation.resident_id).where(Participation.consultation_id == number)
        theirs = select(Address.id).where(Address.resident_id.in_(part))
        if closed_at is not None:
            found.append((Conversation.address_id.in_(theirs), closed_at))
    return found
