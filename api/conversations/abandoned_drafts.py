"""Drop letters to staff that were offered but never sent, and half-written ideas, after a while or at a closing.

Such a draft may contain a receipt, so it would link its author to a receipt. Once the consultation has closed, anybody
can look up which answers belong to a receipt.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, String, cast, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from api.consultations.models import Consultation, Participation
from api.consultations.receipts import lookup, spotting
from api.conversations import half_written
from api.conversations.models import DRAFT, FRESH, IDEA, Conversation
from api.errors import Invalid
from api.residents.models import Address
from api.security.seals import seals_of

_MOST = 500  # at most this many possible receipts in an idea are looked up
_IDEA_LIFETIME = timedelta(days=1)  # an unfinished idea is dropped after this
_LOOKS_BACK = timedelta(days=1)  # older letters have lost their key, so nobody can read them


async def expire(session: AsyncSession, *, now: datetime) -> None:
    """Drop old drafts: letters whose offer has expired, and ideas that were left unfinished for a day.

    After an offer has expired, a "yes" no longer sends the letter."""
    recently_active = Conversation.heard_at.between(now - _LOOKS_BACK, now - FRESH)
    for conversation in await session.scalars(_with_note(recently_active, DRAFT).with_for_update(skip_locked=True)):
        if _noted_at(conversation, DRAFT) <= now - FRESH:
            drop_letter(conversation)
    for conversation in await session.scalars(_with_note(true(), IDEA).with_for_update(skip_locked=True)):
        if _noted_at(conversation, IDEA) <= now - _IDEA_LIFETIME:
            _drop_idea(conversation)
    await session.flush()


async def drop_at_closing(session: AsyncSession, closed: Sequence[int]) -> None:
    """Drop the unsent drafts of everybody who took part in these closed consultations.

    These are letters offered before the closing, and half-written ideas that contain a receipt. Conversations locked by
    another transaction are skipped; `remain` tells whether any drafts are left.
    """
    for participants, closed_at in await _participants_by_closing(session, closed):
        for conversation in await session.scalars(_with_note(participants, DRAFT).with_for_update(skip_locked=True)):
            if _noted_at(conversation, DRAFT) <= closed_at:
                drop_letter(conversation)
        for conversation in (
            await session.scalars(_with_note(participants, IDEA).with_for_update(skip_locked=True))
        ).all():
            if await _names_receipt(session, conversation):
                _drop_idea(conversation)
    await session.flush()


async def remain(session: AsyncSession, closed: Sequence[int]) -> bool:
    """Return whether drafts are left that `drop_at_closing` must drop, because their conversations were locked."""
    for participants, closed_at in await _participants_by_closing(session, closed):
        if any(
            _noted_at(conversation, DRAFT) <= closed_at
            for conversation in await session.scalars(_with_note(participants, DRAFT))
        ):
            return True
        for conversation in (await session.scalars(_with_note(participants, IDEA))).all():
            if await _names_receipt(session, conversation):
                return True
    return False


def drop_letter(conversation: Conversation) -> None:
    """Forget the letter that a conversation offered to send, and leave the dialogue step that offered it."""
    conversation.put_away()
    if conversation.step == "desk.offer":
        conversation.step, conversation.offered = "home" if conversation.consultation_id is None else "question", ()


async def _names_receipt(session: AsyncSession, conversation: Conversation) -> bool:
    """Return whether a half-written idea contains a receipt, perhaps split over two messages."""
    try:
        text = half_written.text_of(seals_of(session).keyring, conversation.notes[IDEA])
    except Invalid:  # the key is gone, so the author cannot read the idea either
        return True
    # a single message with a receipt in it is never stored as an idea
    return await lookup.first_existing(session, spotting.possible(text)[:_MOST]) is not None


def _drop_idea(conversation: Conversation) -> None:
    conversation.notes = {name: note for name, note in conversation.notes.items() if name != IDEA}
    if conversation.step.startswith(IDEA):  # any step of the idea feature
        conversation.step, conversation.offered = "home" if conversation.consultation_id is None else "question", ()


def _with_note(condition: ColumnElement[bool], note: str) -> Select[Conversation]:
    return select(Conversation).where(condition, cast(Conversation.notes, String).contains(f'"{note}":'))


def _noted_at(conversation: Conversation, note: str) -> datetime:
    return datetime.fromisoformat(conversation.notes[note]["at"])


async def _participants_by_closing(
    session: AsyncSession, closed: Sequence[int]
) -> list[tuple[ColumnElement[bool], datetime]]:
    """Return, for each closed consultation, a condition for its participants' conversations, and its closing time."""
    ended = select(Consultation.id, Consultation.closed_at).where(Consultation.id.in_(closed))
    closings = list[tuple[ColumnElement[bool], datetime]]()
    for consultation_id, closed_at in await session.execute(ended):
        residents = select(Participation.resident_id).where(Participation.consultation_id == consultation_id)
        addresses = select(Address.id).where(Address.resident_id.in_(residents))
        if closed_at is not None:
            closings.append((Conversation.address_id.in_(addresses), closed_at))
    return closings
