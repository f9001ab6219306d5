"""Post the hash of each published list of ballots in a public channel, where the service cannot take it back."""

from __future__ import annotations

from datetime import datetime

import structlog
from sqlalchemy import select, update

from api.background.job import Job, Moment
from api.campaigns.context import CampaignContext
from api.channel import Announcer, SendError
from api.consultations.models import Consultation, Publication
from api.db import Database
from api.outbox.context import OutboxContext

log = structlog.get_logger(__name__)

_SELDOM = 60.0  # seconds; the longest wait between attempts while the channel is unreachable
_WAITING = (
    Consultation.id == Publication.consultation_id,
    Consultation.cleaned_at.is_not(None),
    Consultation.invited_only.is_(False),
    Publication.announced_at.is_(None),
)


def jobs(kit: CampaignContext, means: OutboxContext) -> list[Job]:
    """Return the job that posts hashes, in a list.

    If the settings name no public channel, or no messaging channel can post there, the list is empty.
    """
    place = means.settings.public_channel
    announcers = [channel for channel in kit.channels if isinstance(channel, Announcer)]
    if not place or not announcers:
        return []

    async def work(db: Database, now: datetime) -> None:
        await announce(db, announcers[0], place, kit=kit, address=means.settings.public_url, now=now)

    due = select(Consultation.cleaned_at).where(*_WAITING).order_by(Consultation.cleaned_at)
    return [Job("announcements", work, (Moment(due, most=_SELDOM),), outside=True)]


async def announce(
    db: Database, announcer: Announcer, place: str, *, kit: CampaignContext, address: str, now: datetime
) -> None:
    """Post the hash of one list that was not announced yet.

    The list is marked as announced before the hash is posted, so that two processes never post the same hash. If
    posting fails, the mark is removed. If the process dies in between, the hash is never posted.
    """
    async with db.transaction() as session:
        query = select(Publication, Consultation).join(Consultation, Consultation.id == Publication.consultation_id)
        row = (await session.execute(query.where(*_WAITING).limit(1).with_for_update(of=Publication))).first()
        if row is None:
            return
        publication, consultation = row
        publication.announced_at = now
        text = _text(kit, publication, consultation, address)
    try:
        await announcer.announce(place, text)
    except SendError as error:
        log.warning("announcing.failed", error=type(error).__name__)
        async with db.transaction() as session:
            row_id = Publication.consultation_id == publication.consultation_id
            await session.execute(update(Publication).where(row_id).values(announced_at=None))


def _text(kit: CampaignContext, publication: Publication, consultation: Consultation, address: str) -> str:
    """Return the post about a published list, in Arabic and French."""
    languages = [kit.catalogs.voice(language) for language in ("ar", "fr")]
    titles = [
        f"{each.pick(consultation.title)}: {each('page.ballots', count=publication.ballots)}" for each in languages
    ]
    link = f"{address.rstrip('/')}/consultations/{consultation.code}/receipts" if address else ""
    return "\n".join(filter(None, (*titles, f"SHA-256 {publication.digest}", link)))
