"""Prove that closing can destroy a consultation's key in every folder of the vault.

If it cannot, the consultation stays open, because a copy of the key would survive.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.consultations.models import Consultation, ConsultationState
from api.consultations.vault_keys import folders, markers, secrecy
from api.errors import Conflict, KeyLost, Unavailable
from api.security.seals import seals_of

log = structlog.get_logger(__name__)


class HeldBack(NamedTuple):
    """A consultation that cannot be closed although its closing time has come, and the reason."""

    consultation: Consultation
    why: str


async def prove(session: AsyncSession, consultation: Consultation) -> None:
    """Check that every vault folder has the consultation's key, and that the key opens the secret.

    If so, closing can destroy all copies. Raises KeyLost if no folder has the key. Raises Unavailable if some folders
    lack it or a folder is missing. Both errors name the folders.
    """
    if consultation.key_name is None:  # opened by an older release, without a key
        return
    await folders.ensure(session)
    if without := lacking(session, consultation):
        raise _missing(session, consultation, without)


async def why_not(session: AsyncSession, consultation: Consultation) -> str:
    """Return, in words, why a consultation cannot be closed now; "" if it can. Nothing is changed."""
    vault = seals_of(session).vault
    if wrong := markers.faults(vault, await folders.known(session)):
        return "; ".join(wrong)
    without = lacking(session, consultation) if consultation.key_name is not None else []
    return str(_missing(session, consultation, without)) if without else ""


def lacking(session: AsyncSession, consultation: Consultation) -> Sequence[Path]:
    """Return the vault folders without a key that opens the consultation's secret.

    Raises Unavailable if a folder cannot be read.
    """
    keys = seals_of(session).vault.contents(consultation.key_name or "")
    return [folder for folder, key in keys.items() if key is None or not secrecy.key_opens(session, consultation, key)]


async def accept_lost_key(session: AsyncSession, consultation: Consultation) -> None:
    """Allow closing a consultation without its key, which staff say is lost for good.

    Raises Conflict if the key is not lost, and Unavailable if a folder is missing. If the folder's disk is gone for
    good, staff must first tell the vault to forget the folder. The consultation keeps the name of its key, so that
    cleaning can still look for copies in every folder.
    """
    await folders.ensure(session)
    with_key = set(seals_of(session).vault.folders) - set(lacking(session, consultation))
    if consultation.key_name is None or with_key:
        raise Conflict(f"the key of {consultation.code} is not lost: it is in {', '.join(map(str, sorted(with_key)))}")
    log.error("closing.key_lost", consultation=consultation.code)


async def waiting(session: AsyncSession, *, now: datetime) -> Sequence[HeldBack]:
    """Return the consultations that should be closed by now but cannot be, with the reasons."""
    due = select(Consultation).where(Consultation.state == ConsultationState.OPEN, Consultation.closes_at <= now)
    overdue = (await session.scalars(due.order_by(Consultation.closes_at, Consultation.id))).all()
    return [HeldBack(each, why) for each in overdue if (why := await why_not(session, each))]


def _missing(session: AsyncSession, consultation: Consultation, without: Sequence[Path]) -> KeyLost | Unavailable:
    names, code = ", ".join(map(str, without)), consultation.code
    if len(without) < len(seals_of(session).vault.folders):
        return Unavailable(f"the key of {code} is missing in {names}: restart the service to copy the key there")
    return KeyLost(f"the key of {code} is missing in {names}: if no copy is left, close with --key-is-lost")
