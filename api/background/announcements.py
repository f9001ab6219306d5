"""Announcing: the hash of each published list is posted in a public channel, where nobody of ours can take it back."""

from __future__ import annotations

from datetime import datetime

import structlog
from sqlalchemy import select, update

from api.background.job import Job, Moment
from api.campaigns.context import Kit
from api.channel import Announcer, SendError
from api.consultations.models import Consultation, Publication
from api.db import Database
from api.outbox.context import Means

log = structlog.get_logger(__name__)

_SELDOM = 60.0  # seconds between two tries at most, while the channel cannot be reached
_WAITING = (
    Consultation.id == Publication.consultation_id,
    Consultation.cleaned_at.is_not(None),
    Consultation.invited_only.is_(False),
    Publication.announced_at.is_(None),
)


def jobs(kit: Kit, means: Means) -> list[Job]:
    """The job, if a channel is set and one of ours can write there."""
    place = means.settings.public_channel
    voices = [channel for channel in kit.channels if isinstance(channel, Announcer)]
    if not place or not voices:
        return []

    async def work(db: Database, now: datetime) -> None:
        await announce(db, voices[0], place, kit=kit, address=means.settings.public_url, now=now)

    due = select(Consultation.cleaned_at).where(*_WAITING).order_by(Consultation.cleaned_at)
    return [Job("announcements", work, (Moment(due, most=_SELDOM),), outside=True)]


async def announce(db: Database, voice: Announcer, place: str, *, kit: Kit, address: str, now: datetime) -> None:
    """Post what was not: noted first and taken back if it fails, so that no two processes post it. One that dies in
    between leaves it unposted; nobody is told a hash twice.
    """
    async with db.transaction() as session:
        found = select(Publication, Consultation).join(Consultation, Consultation.id == Publication.consultation_id)
        row = (await session.execute(found.where(*_WAITING).limit(1).with_for_update(of=Publication))).first()
        if row is None:
            return
        made, consultation = row
        made.announced_at = now
        text = _text(kit, made, consultation, address)
    try:
        await voice.announce(place, text)
    except SendError as error:
        log.warning("announcing.failed", error=type(error).__name__)
        async with db.transaction() as session:
            mine = Publication.consultation_id == made.consultation_id
            await session.execute(update(Publication).where(mine).values(announced_at=None))


def _text(kit: Kit, made: Publication, consultation: Consultation, address: str) -> str:
    """In Arabic and in French, then what is the same in both."""
    voices = [kit.catalogs.voice(language) for language in ("ar", "fr")]
    heads = [f"{each.pick(consultation.title)}: {each('page.ballots', count=made.ballots)}" for each in voices]
    link = f"{address.rstrip('/')}/consultations/{consultation.code}/receipts" if address else ""
    return "\n".join(filter(None, (*heads, f"SHA-256 {made.digest}", link)))
