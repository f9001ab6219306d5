"""The life of a consultation: when it opens, until when it takes ballots, and what its closing does."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import structlog
from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from api import actors, audit
from api.consultations import service, voter_numbers
from api.consultations.ballots import agent_typed, partial_answers, used_addresses
from api.consultations.models import Consultation
from api.consultations.receipts import receipt_list
from api.consultations.service import CLOSED, DRAFT, OPEN
from api.consultations.vault_keys import destruction_proof, secrecy
from api.consultations.words import unmatched
from api.errors import Conflict, Invalid, KeyLost, Unavailable
from api.outbox import retention
from api.outbox import service as outbox
from api.suppression import FEWEST

CLOCK = actors.CLOCK  # who opens or closes one whose time has come

log = structlog.get_logger(__name__)


async def open_it(session: AsyncSession, code: str, *, who: str, now: datetime, smallest: int = FEWEST) -> Consultation:
    """Open a draft: from now on it takes ballots, and `smallest` is its `smallest_count` for good.

    Who did it is recorded. Raises NotFound, or Conflict where it is not a draft.
    """
    found = await service.locked(session, code)
    if found.state != DRAFT:
        raise Conflict(f"{code} is {found.state}, only a draft can be opened")
    if found.closes_at is not None and found.closes_at <= now:
        raise Conflict(f"{code} would be closed already: its closing time is past")
    await _open(session, found, who=who, now=now, smallest=smallest)
    return found


async def open_due(session: AsyncSession, *, now: datetime, smallest: int = FEWEST) -> int:
    """Open every draft whose time has come and is not over yet, as `open_it` does; returns how many."""
    due = await session.scalars(
        select(Consultation)
        .where(
            Consultation.state == DRAFT,
            Consultation.opens_at <= now,
            or_(Consultation.closes_at.is_(None), Consultation.closes_at > now),
        )
        .with_for_update(skip_locked=True)
    )
    opened = due.all()
    for found in opened:
        await _open(session, found, who=CLOCK, now=now, smallest=smallest)
    return len(opened)


async def schedule(
    session: AsyncSession, code: str, *, opens_at: datetime | None, closes_at: datetime | None, who: str, now: datetime
) -> Consultation:
    """Say when it opens, while it is a draft, and when it closes, until it is closed; who did is recorded.

    Raises NotFound, Invalid where a moment is past or the end comes first, or Conflict where it is closed.
    """
    found = await service.locked(session, code)
    if found.state == CLOSED:
        raise Conflict(f"{code} is closed")
    for name, moment in (("opens_at", opens_at), ("closes_at", closes_at)):
        if moment is not None and moment <= now:
            raise Invalid("the moment is past", field=name)
    if opens_at is not None and closes_at is not None and closes_at <= opens_at:
        raise Invalid("it would close before it opens", field="closes_at")
    if found.state == OPEN and opens_at is not None:
        raise Conflict(f"{code} is open already")
    found.opens_at, found.closes_at = opens_at, closes_at
    found.revision += 1
    await _record(session, "scheduled", code, who=who, now=now)
    return found


async def close_ballots(
    session: AsyncSession, code: str, *, who: str, now: datetime, key_is_lost: bool = False
) -> Consultation:
    """Close an open consultation and destroy its secret; it is published once what is left of it is: see
    `background/after_closing.py`.

    `key_is_lost` says that its key is gone for good: only then it is closed without it. Raises NotFound, Conflict where
    it is not open or the key is there though it is said to be lost, KeyLost if it is not, or Unavailable if a folder of
    the vault is not there.
    """
    found = await service.locked(session, code)
    if found.state != OPEN:
        raise Conflict(f"{code} is {found.state}, only an open one can be closed")
    if key_is_lost:
        await destruction_proof.give_up(session, found)
    else:
        await destruction_proof.prove(session, found)
    await _shut(session, found, who=who, now=now)
    return found


async def close_due(session: AsyncSession, *, now: datetime) -> Sequence[Consultation]:
    """Close every consultation whose time has come; returns them.

    One whose key could not be destroyed everywhere is held back, and takes no ballots: staff see why, and the next try
    may close it.
    """
    due = await session.scalars(
        select(Consultation)
        .where(Consultation.state == OPEN, Consultation.closes_at <= now)
        .with_for_update(skip_locked=True)
    )
    closed = list[Consultation]()
    for found in due.all():
        try:
            await destruction_proof.prove(session, found)
        except (KeyLost, Unavailable) as error:
            log.error("closing.held", consultation=found.code, why=str(error))
            continue
        await _shut(session, found, who=CLOCK, now=now)
        closed.append(found)
    return closed


async def _record(session: AsyncSession, act: str, code: str, *, who: str, now: datetime) -> None:
    """Write down what was done with a consultation, by whom."""
    await audit.note(session, who=who, act=f"consultation {act}", subject=f"consultation {code}", now=now)


async def _open(session: AsyncSession, consultation: Consultation, *, who: str, now: datetime, smallest: int) -> None:
    consultation.state, consultation.opened_at = OPEN, now
    consultation.smallest_count = smallest
    await secrecy.draw(session, consultation)
    await _record(session, "opened", consultation.code, who=who, now=now)


async def _shut(session: AsyncSession, consultation: Consultation, *, who: str, now: datetime) -> None:
    """Close, publish what was counted and destroy what ties it to people, in one transaction: the caller's."""
    secret = secrecy.known_secret_of(session, consultation)
    consultation.state, consultation.closed_at, consultation.secret = CLOSED, now, None
    consultation.revision += 1
    await _record(session, "closed", consultation.code, who=who, now=now)
    await voter_numbers.drop(session, consultation)
    await agent_typed.keep_share(session, consultation)
    await partial_answers.forget(session, consultation.id)
    await used_addresses.forget(session, consultation.id)
    await unmatched.forget(session, consultation.id)
    await receipt_list.publish(session, consultation, secret=secret, now=now)
    await retention.replies(session, before=now)  # rather than blank them first: they go in any case
    await outbox.blank(session, now=now, kept=0)  # the thanks that named receipts, and the echoes of answers
