"""Erase what a stored conversation still reveals about a consultation that has closed.

The choices offered last may show an answer ("1. Water", "Roads (5)"). The step, position, message count and time of
last contact may link a ballot to its voter. After the erasure all participants' conversations look alike. Only
the fact that they took part is still visible.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, String, and_, cast, literal, or_, select, type_coerce, update
from sqlalchemy.ext.asyncio import AsyncSession

from api.consultations import service as consultations
from api.consultations.models import Consultation, Participation
from api.conversations import abandoned_drafts
from api.conversations.models import ENDED, VOTING, Conversation
from api.conversations.offered_choices import OfferedJson
from api.db import Json
from api.residents.models import Address

_LOOKS_BACK = timedelta(days=1)  # for a day after the closing, each run tries conversations that were locked before
_BARE: dict[str, Any] = {"consultation_id": None, "position": 0, "guess": None}
_NO_TRAIL: dict[str, Any] = {"trail": [], "trail_of": None}  # the trail tells which questions were shown, and when


async def forget(session: AsyncSession, *, now: datetime) -> None:
    """Erase what conversations reveal about recently closed consultations.

    The closing itself cannot do this: it would deadlock with messages of residents that are being handled.
    """
    await _drop_former_people(session, now)
    closed = await consultations.closed_since(session, now - _LOOKS_BACK)
    if closed:
        await empty(session, closed)


async def empty(session: AsyncSession, closed: list[int]) -> None:
    """Erase what conversations reveal about these consultations. Locked conversations are skipped."""
    at_question, in_feature, agents, with_trail = _traces(closed)
    await abandoned_drafts.drop_at_closing(session, closed)
    await _update_free(session, at_question, step="home", offered=(), notes={}, **_BARE)
    await _update_free(session, agents, offered=(), notes={}, position=0, guess=None)
    await _drop_voting_notes(session, closed)
    await _update_free(session, in_feature, **_BARE)
    await _update_free(session, with_trail, **_NO_TRAIL)
    await _level_activity(session, closed)
    await _drop_tokens(session, closed)
    await _drop_ended_notes(session, closed)


async def remain(session: AsyncSession, closed: list[int]) -> bool:
    """Return whether conversations still reveal something about these consultations, because they were locked."""
    address_id = await session.scalar(select(Conversation.address_id).where(or_(*_traces(closed))).limit(1))
    return address_id is not None or await abandoned_drafts.remain(session, closed)


def _traces(closed: list[int]) -> tuple[ColumnElement[bool], ...]:
    """Return SQL conditions for conversations that still reveal something about these consultations."""
    of_closed = Conversation.consultation_id.in_(closed)
    is_agent = _session_field("agent")
    at_question = Conversation.step == "question"
    offers = Conversation.offered != literal((), OfferedJson)
    has_traces = or_(Conversation.position != 0, Conversation.guess.is_not(None), offers)
    return (
        and_(of_closed, at_question, ~is_agent),  # residents at a question
        and_(of_closed, ~at_question),  # residents elsewhere, such as writing an idea
        and_(of_closed, at_question, is_agent, has_traces),  # agents at another person's question, to be told
        Conversation.trail_of.in_(closed),  # a trail of questions
    )


async def _drop_voting_notes(session: AsyncSession, closed: list[int]) -> None:
    """Drop notes about a vote in progress from conversations that are inside another feature."""
    elsewhere = select(Conversation).where(Conversation.consultation_id.in_(closed), Conversation.step != "question")
    for row in await session.scalars(elsewhere.with_for_update(skip_locked=True)):
        row.notes = {name: note for name, note in row.notes.items() if name not in VOTING}
    await session.flush()


async def _level_activity(session: AsyncSession, closed: list[int]) -> None:
    """Set each participant's last contact to midnight of the closing day."""
    rows = await session.execute(select(Consultation.id, Consultation.closed_at).where(Consultation.id.in_(closed)))
    for consultation_id, closed_at in rows:
        if closed_at is None:
            continue
        day = closed_at.replace(hour=0, minute=0, second=0, microsecond=0)
        residents = select(Participation.resident_id).where(Participation.consultation_id == consultation_id)
        of_participants = Conversation.address_id.in_(select(Address.id).where(Address.resident_id.in_(residents)))
        # later contacts stay
        before = and_(Conversation.heard_at <= closed_at, Conversation.heard_at != day)
        await _update_free(session, and_(of_participants, before), heard=0, heard_at=day)


async def _drop_ended_notes(session: AsyncSession, closed: list[int]) -> None:
    """Drop the note about the vote that a resident finished last, if that vote has closed."""
    noted = select(Conversation).where(cast(Conversation.notes, String).contains(f'"{ENDED}"'))
    for row in await session.scalars(noted.with_for_update(skip_locked=True)):
        if row.notes[ENDED]["of"] in closed:
            row.notes = {name: note for name, note in row.notes.items() if name != ENDED}
    await session.flush()


async def _drop_tokens(session: AsyncSession, closed: list[int]) -> None:
    """Drop what agents' sessions know about these consultations."""
    helping = select(Conversation).where(_session_field("agent"))
    for row in await session.scalars(helping.with_for_update(skip_locked=True)):
        if row.assisting is None:
            continue
        # with a backup, a person's token could be linked to a ballot
        person, last, own = row.assisting.person, row.assisting.last, row.assisting.own
        if last is not None and not set(closed).isdisjoint(last.person.consultations):
            last = None
        if person is not None and not set(closed).isdisjoint(person.consultations):
            person = None
            if row.consultation_id not in closed:  # helped in another vote, which cannot go on without a token
                row.consultation_id, row.position, row.step, row.offered = None, 0, "assist", ()
        if own.consultation_id in closed:
            own = own._replace(position=0)
        row.assisting = replace(row.assisting, person=person, last=last, own=own)
    await session.flush()


async def _drop_former_people(session: AsyncSession, now: datetime) -> None:
    """Drop the token of the person an agent helped before, once their last text is complete."""
    waiting = select(Conversation).where(_session_field("last"))
    for row in await session.scalars(waiting.with_for_update(skip_locked=True)):
        if row.assisting is not None and row.assisting.last is not None and row.assisting.last.until <= now:
            row.assisting = replace(row.assisting, last=None)
    await session.flush()


def _session_field(name: str) -> ColumnElement[bool]:
    """Return the SQL condition that this field of an agent's session is set."""
    field: ColumnElement[str | None] = type_coerce(Conversation.assisting, Json)[name].as_string()
    return field.is_not(None)


async def _update_free(session: AsyncSession, *which: ColumnElement[bool], **values: Any) -> None:
    free = select(Conversation.address_id).where(*which).with_for_update(skip_locked=True)
    change = update(Conversation).where(Conversation.address_id.in_(free)).values(**values)
    await session.execute(change.execution_options(synchronize_session=False))
