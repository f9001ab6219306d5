"""The clean-up jobs: they clean up after a closing, end expired claims on deliveries, and delete old texts and rows."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from api import idempotency
from api.audit import checkpoints
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
from api.outbox.context import OutboxContext
from api.residents import merge
from api.security.seals import Seals, cipher_of
from api.settings import Settings
from api.staff import retention as staff_retention
from api.workflows import residents

log = structlog.get_logger(__name__)

_SELDOM = 30.0  # seconds between runs
_SIGN_LATE = 3600.0  # seconds between attempts if the record does not verify
_KEEPING = "retention"
_KEEP_EVERY = 300.0  # seconds between runs that delete expired rows


def all_cleanup(means: OutboxContext) -> list[Job]:
    """Return all clean-up jobs."""
    return [cleanings(), *expiry_jobs(means.settings), keeping(means), signing(means)]


def cleanings() -> Job:
    """Return the job that cleans up after a closing, before the list of ballots is published."""
    due_at = (Moment(due_times.cleanings(), most=_SELDOM),)
    return Job("cleanings", lambda db, now: after_closing.clean(db, now=now), due_at, outside=True)


def expiry_jobs(settings: Settings) -> list[Job]:
    """Return the jobs that end expired claims on deliveries, delete old texts, and delete other expired data.

    Each job runs in its own transaction. In a shared one, residents would not always be locked before their deliveries.
    """

    async def blank(session: AsyncSession, now: datetime) -> None:
        closing = await consultations.newest_closing(session)
        await outbox.blank_texts(session, now=now, kept=settings.reply_kept, before=closing)

    async def expire_leases(session: AsyncSession, now: datetime) -> None:
        if count := await outbox.expire_leases(session, now=now):
            log.warning("outbox.claims_expired", count=count)

    kept, undo_period = timedelta(seconds=settings.reply_kept), merge.UNDO
    return [
        Job("leases", expire_leases, (Moment(due_times.leases()),)),
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
                Moment(due_times.merges(), lambda merged, _: merged + undo_period, apart=_SELDOM),
                Moment(due_times.superseded(), apart=_SELDOM),
                Moment(due_times.leftovers(), apart=_SELDOM),
            ),
        ),
    ]


def signing(means: OutboxContext) -> Job:
    """Return the job that verifies and signs the record of staff acts.

    It runs at most hourly, and only after new acts.
    """
    due_at = (
        Moment(checkpoints.due(), lambda signed, _: signed + checkpoints.EVERY, apart=_SELDOM, most=_SIGN_LATE),
        Moment(due_times.first_checkpoint(), apart=_SELDOM, most=_SIGN_LATE),
    )
    origin = means.settings.public_url
    return Job(
        "checkpoints",
        lambda db, now: checkpoints.take(db, keyring=means.keyring, origin=origin, now=now),
        due_at,
        outside=True,
    )


def keeping(means: OutboxContext) -> Job:
    """Return the job that deletes rows whose retention time is over.

    The job uses several short transactions, so that nothing else waits for long.
    """
    due_at = (Moment(due_times.at_once(), apart=_KEEP_EVERY, most=_KEEP_EVERY),)
    return Job(_KEEPING, lambda db, now: keep(db, means, now=now), due_at, outside=True)


async def keep(db: Database, means: OutboxContext, *, now: datetime) -> None:
    """Delete rows whose retention time is over. Raises Unavailable if the vault cannot be reached."""
    days, kept = means.settings.kept_days, timedelta(seconds=means.settings.reply_kept)
    before = outbox_retention.cutoff(outbox_retention.MESSAGES, days, now)

    async def messages(session: AsyncSession) -> bool:
        return await outbox_retention.delete_inbound(session, keyring=means.keyring, before=before)

    async def others(session: AsyncSession) -> bool:
        await abandoned_drafts.expire(session, now=now)
        await outbox_retention.delete_expired(session, days=days, now=now)
        await retention.delete_expired(session, days=days, now=now)
        await idempotency.expire(session, now=now)
        await staff_retention.expire(session, now=now)
        await unmatched.expire(session, before=outbox_retention.cutoff(outbox_retention.UNMATCHED, days, now).date())
        return False

    async def keys(session: AsyncSession) -> bool:
        await expiring_keys.expire(session, keyring=means.keyring, now=now, kept=kept)
        return False

    async def stray(session: AsyncSession) -> bool:
        if isinstance(cipher_of(session, means.keyring), Seals):
            for path, gone in (await stray_keys.sweep(session)).items():
                log.warning("vault.stray_key", file=str(path), overwritten=gone)
        return False

    for work, times in ((messages, outbox_retention.BATCHES), (others, 1), (keys, 1), (stray, 1)):
        for _ in range(times):
            async with db.transaction() as session:
                if not (await alone(session, _KEEPING) and await work(session)):
                    break


def sweeper(settings: Settings, db: Database, clock: Clock) -> Callable[[], Coroutine[Any, Any, None]]:
    """Return a function that runs every expiry job now, whether it is due or not."""

    async def sweep() -> None:
        for job in expiry_jobs(settings):
            async with db.transaction() as session:
                await job.work(session, clock())

    return sweep
