"""Open, schedule and close consultations."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import structlog
from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from api import actors, audit
from api.consultations import service, voter_numbers
from api.consultations.ballots import agent_typed, partial_answers, used_addresses
from api.consultations.models import Consultation, ConsultationState
from api.consultations.receipts import receipt_list
from api.consultations.vault_keys import destruction_proof, secrecy
from api.consultations.words import unmatched
from api.errors import Conflict, Invalid, KeyLost, Unavailable
from api.outbox import retention
from api.outbox import service as outbox
from api.suppression import FEWEST

CLOCK = actors.CLOCK  # recorded as the actor if a consultation opens or closes at a scheduled time

log = structlog.get_logger(__name__)


async def open_draft(
    session: AsyncSession, code: str, *, who: str, now: datetime, smallest: int = FEWEST
) -> Consultation:
    """Open a draft, so that it takes ballots, and record who did so.

    `smallest` becomes its `smallest_count`, the minimum number of ballots for any count. It never changes afterwards.
    Raises NotFound, or Conflict if it is not a draft or its closing time is in the past.
    """
    consultation = await service.locked(session, code)
    if consultation.state != ConsultationState.DRAFT:
        raise Conflict(f"{code} is {consultation.state}: only a draft can be opened")
    if consultation.closes_at is not None and consultation.closes_at <= now:
        raise Conflict(f"the closing time of {code} is in the past: set a later one first")
    await _open(session, consultation, who=who, now=now, smallest=smallest)
    return consultation


async def open_due(session: AsyncSession, *, now: datetime, smallest: int = FEWEST) -> int:
    """Open every draft whose opening time has come and whose closing time has not; return the number of drafts."""
    due = await session.scalars(
        select(Consultation)
        .where(
            Consultation.state == ConsultationState.DRAFT,
            Consultation.opens_at <= now,
            or_(Consultation.closes_at.is_(None), Consultation.closes_at > now),
        )
        .with_for_update(skip_locked=True)
    )
    opened = due.all()
    for consultation in opened:
        await _open(session, consultation, who=CLOCK, now=now, smallest=smallest)
    return len(opened)


async def schedule(
    session: AsyncSession, code: str, *, opens_at: datetime | None, closes_at: datetime | None, who: str, now: datetime
) -> Consultation:
    """Set when a consultation opens and closes by itself, and record who did so. None means that staff do it.

    Raises NotFound. Raises Invalid if a time is past or they are in the wrong order. Raises Conflict if the
    consultation is closed, or if it is already open and `opens_at` is given.
    """
    consultation = await service.locked(session, code)
    if consultation.state == ConsultationState.CLOSED:
        raise Conflict(f"{code} is already closed")
    for name, moment in (("opens_at", opens_at), ("closes_at", closes_at)):
        if moment is not None and moment <= now:
            raise Invalid("the time is in the past", field=name)
    if opens_at is not None and closes_at is not None and closes_at <= opens_at:
        raise Invalid("the closing time is before the opening time", field="closes_at")
    if consultation.state == ConsultationState.OPEN and opens_at is not None:
        raise Conflict(f"{code} is already open: its opening time cannot be changed")
    consultation.opens_at, consultation.closes_at = opens_at, closes_at
    consultation.revision += 1
    await _record(session, "scheduled", consultation, who=who, now=now)
    return consultation


async def close_ballots(
    session: AsyncSession, code: str, *, who: str, now: datetime, key_is_lost: bool = False
) -> Consultation:
    """Close an open consultation and delete its secret.

    Later `background/after_closing.py` destroys the key and publishes the list of ballots. With `key_is_lost`, staff
    say that the key is lost for good, and the consultation is closed without it. Raises NotFound. Raises Conflict if it
    is not open or the key is not lost. Raises KeyLost if the key is missing and `key_is_lost` is false. Raises
    Unavailable if a vault folder is missing.
    """
    consultation = await service.locked(session, code)
    if consultation.state != ConsultationState.OPEN:
        raise Conflict(f"{code} is {consultation.state}: only an open consultation can be closed")
    if key_is_lost:
        await destruction_proof.accept_lost_key(session, consultation)
    else:
        await destruction_proof.prove(session, consultation)
    await _close(session, consultation, who=who, now=now)
    return consultation


async def close_due(session: AsyncSession, *, now: datetime) -> Sequence[Consultation]:
    """Close every consultation whose closing time has come; return these consultations.

    If a key cannot be destroyed everywhere, its consultation stays open but takes no ballots until the next try.
    """
    due = await session.scalars(
        select(Consultation)
        .where(Consultation.state == ConsultationState.OPEN, Consultation.closes_at <= now)
        .with_for_update(skip_locked=True)
    )
    closed = list[Consultation]()
    for consultation in due.all():
        try:
            await destruction_proof.prove(session, consultation)
        except (KeyLost, Unavailable) as error:
            log.error("closing.delayed", consultation=consultation.code, why=str(error))
            continue
        await _close(session, consultation, who=CLOCK, now=now)
        closed.append(consultation)
    return closed


async def _record(session: AsyncSession, act: str, row: Consultation, *, who: str, now: datetime) -> None:
    changed = audit.altered(row, "state", "opens_at", "closes_at", "smallest_count")
    subject = f"consultation {row.code}"
    await audit.note(session, who=who, act=f"consultation {act}", subject=subject, now=now, **changed)


async def _open(session: AsyncSession, consultation: Consultation, *, who: str, now: datetime, smallest: int) -> None:
    consultation.state, consultation.opened_at = ConsultationState.OPEN, now
    consultation.smallest_count = smallest
    await secrecy.draw(session, consultation)
    await _record(session, "opened", consultation, who=who, now=now)


async def _close(session: AsyncSession, consultation: Consultation, *, who: str, now: datetime) -> None:
    """Close a consultation, store its final counts and remove all links to people."""
    secret = secrecy.known_secret_of(session, consultation)
    consultation.state, consultation.closed_at, consultation.secret = ConsultationState.CLOSED, now, None
    consultation.revision += 1
    await _record(session, "closed", consultation, who=who, now=now)
    await voter_numbers.drop_unnumbered(session, consultation)
    await agent_typed.store_share(session, consultation)
    await partial_answers.forget(session, consultation.id)
    await used_addresses.forget(session, consultation.id)
    await unmatched.forget(session, consultation.id)
    await receipt_list.publish(session, consultation, secret=secret, now=now)
    await retention.delete_replies(session, before=now)  # delete them at once instead of blanking them first
    await outbox.blank_texts(session, now=now, kept=0)  # texts that name receipts or repeat answers
