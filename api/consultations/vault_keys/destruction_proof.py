"""Whether closing can destroy a consultation's key wherever it is; otherwise it waits, as it would survive unseen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.consultations.models import Consultation
from api.consultations.service import OPEN
from api.consultations.vault_keys import folders, markers, secrecy
from api.errors import Conflict, KeyLost, Unavailable
from api.security.seals import seals_of

log = structlog.get_logger(__name__)


async def prove(session: AsyncSession, consultation: Consultation) -> None:
    """Make sure that closing destroys its key wherever it is: every folder has it, and it opens the secret.

    Raises KeyLost if no folder has it, Unavailable if one has not, or is not there: each names the folders.
    """
    if consultation.key_name is None:  # opened by an older release: there is no key
        return
    await folders.ensure(session)
    if without := lacking(session, consultation):
        raise _missing(session, consultation, without)


async def why_not(session: AsyncSession, consultation: Consultation) -> str:
    """Why it cannot be closed now, in words; empty if it can. Nothing is changed."""
    vault = seals_of(session).vault
    if wrong := markers.faults(vault, await folders.known(session)):
        return "; ".join(wrong)
    without = lacking(session, consultation) if consultation.key_name is not None else []
    return str(_missing(session, consultation, without)) if without else ""


def lacking(session: AsyncSession, consultation: Consultation) -> Sequence[Path]:
    """The folders whose vault has no key that opens its secret. Raises Unavailable if one cannot be read."""
    found = seals_of(session).vault.contents(consultation.key_name or "")
    return [folder for folder, key in found.items() if key is None or not secrecy.opens(session, consultation, key)]


async def give_up(session: AsyncSession, consultation: Consultation) -> None:
    """Close it without its key, as staff say that this is lost for good.

    Its name stays until cleaning has looked for it in every folder. Raises Conflict if it is not lost, Unavailable if
    a folder is not there: a disk that is gone for good has to be forgotten first.
    """
    await folders.ensure(session)
    there = set(seals_of(session).vault.folders) - set(lacking(session, consultation))
    if consultation.key_name is None or there:
        raise Conflict(f"the key of {consultation.code} is not lost: {', '.join(map(str, sorted(there)))}")
    log.error("closing.key_lost", consultation=consultation.code)


async def waiting(session: AsyncSession, *, now: datetime) -> Sequence[tuple[Consultation, str]]:
    """The consultations whose time has come and that cannot be closed now, with why."""
    due = select(Consultation).where(Consultation.state == OPEN, Consultation.closes_at <= now)
    found = (await session.scalars(due.order_by(Consultation.closes_at, Consultation.id))).all()
    return [(each, why) for each in found if (why := await why_not(session, each))]


def _missing(session: AsyncSession, consultation: Consultation, without: Sequence[Path]) -> KeyLost | Unavailable:
    named, code = ", ".join(map(str, without)), consultation.code
    if len(without) < len(seals_of(session).vault.folders):
        return Unavailable(f"the key of {code} is not in {named}: the service puts it there when it starts")
    return KeyLost(f"the key of {code} is not in {named}; if it is lost for good, close it with --key-is-lost")
