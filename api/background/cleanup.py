"""What the service tidies up by itself: after a closing, when leases end, when texts and rows have served."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from api import idempotency
from api.background import after_closing, due_times
from api.background.job import Job, Moment, alone
from api.campaigns import retention
from api.clock import Clock
from api.consultations import service as consultations
from api.consultations.vault_keys import stray_keys
from api.consultations.words import unmatched
from api.conversations import abandoned_drafts
from api.db import Database
from api.outbox import expiring_keys
from api.outbox import retention as outbox_retention
from api.outbox import service as outbox
from api.outbox.context import Means
from api.residents import merge
from api.security.seals import Seals, enciphers
from api.settings import Settings
from api.staff import retention as staff_retention
from api.workflows import residents

log = structlog.get_logger(__name__)

_SELDOM = 30.0  # seconds between two runs
_KEEPING = "retention"
_OFTEN = 300.0  # seconds between two runs of what deletes rows that have served


def all_tidying(means: Means) -> list[Job]:
    """All of it."""
    return [cleanings(), *tidying(means.settings), keeping(means)]


def cleanings() -> Job:
    """What comes after a closing, before it is published."""
    due_at = (Moment(due_times.cleanings(), most=_SELDOM),)
    return Job("cleanings", lambda db, now: after_closing.clean(db, now=now), due_at, outside=True)


def tidying(settings: Settings) -> list[Job]:
    """What is tidied up: leases end, texts are blanked, what was kept for a while is destroyed.

    Each is a transaction, so that what is locked is let go in between: residents come before their deliveries.
    """

    async def blank(session: AsyncSession, now: datetime) -> None:
        closing = await consultations.newest_closing(session)
        await outbox.blank(session, now=now, kept=settings.reply_kept, before=closing)

    async def reap(session: AsyncSession, now: datetime) -> None:
        if count := await outbox.reap(session, now=now):
            log.warning("outbox.unsure", count=count)

    kept, undone = timedelta(seconds=settings.reply_kept), merge.UNDO
    return [
        Job("leases", reap, (Moment(due_times.leases()),)),
        Job(
            "texts",
            blank,
            (
                Moment(due_times.texts(), lambda settled, _: settled + kept, apart=_SELDOM),
                Moment(due_times.closed_texts(), apart=_SELDOM),
            ),
        ),
        Job(
            "leftovers",
            lambda session, now: residents.forget(session, now=now),
            (
                Moment(due_times.merges(), lambda merged, _: merged + undone, apart=_SELDOM),
                Moment(due_times.superseded(), apart=_SELDOM),
                Moment(due_times.leftovers(), apart=_SELDOM),
            ),
        ),
    ]


def keeping(means: Means) -> Job:
    """Rows that have served are deleted, many of them in several transactions: nobody waits for them for long."""
    due_at = (Moment(due_times.at_once(), apart=_OFTEN, most=_OFTEN),)
    return Job(_KEEPING, lambda db, now: keep(db, means, now=now), due_at, outside=True)


async def keep(db: Database, means: Means, *, now: datetime) -> None:
    """Delete what was kept long enough. Raises Unavailable if the vault is away: the next run looks again."""
    days, kept = means.settings.kept_days, timedelta(seconds=means.settings.reply_kept)
    before = outbox_retention.since(outbox_retention.MESSAGES, days, now)

    async def messages(session: AsyncSession) -> bool:
        return await outbox_retention.messages(session, keyring=means.keyring, before=before)

    async def others(session: AsyncSession) -> bool:
        await abandoned_drafts.expire(session, now=now)
        await outbox_retention.keep(session, days=days, now=now)
        await retention.keep(session, days=days, now=now)
        await idempotency.expire(session, now=now)
        await staff_retention.expire(session, now=now)
        await unmatched.expire(session, before=outbox_retention.since(outbox_retention.UNMATCHED, days, now).date())
        return False

    async def keys(session: AsyncSession) -> bool:
        await expiring_keys.expire(session, keyring=means.keyring, now=now, kept=kept)
        return False

    async def stray(session: AsyncSession) -> bool:
        if isinstance(enciphers(session, means.keyring), Seals):
            for path, gone in (await stray_keys.sweep(session)).items():
                log.warning("vault.stray", file=str(path), overwritten=gone)
        return False

    for work, times in ((messages, outbox_retention.CHUNKS), (others, 1), (keys, 1), (stray, 1)):
        for _ in range(times):
            async with db.transaction() as session:
                if not (await alone(session, _KEEPING) and await work(session)):
                    break


def sweeper(settings: Settings, db: Database, clock: Clock) -> Callable[[], Coroutine[Any, Any, None]]:
    """Everything that is tidied up, now and whether or not it is due."""

    async def sweep() -> None:
        for job in tidying(settings):
            async with db.transaction() as session:
                await job.work(session, clock())

    return sweep
