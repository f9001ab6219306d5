"""What the service does by itself: what is due each second, and what is tidied each half minute."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from api.campaigns import lateness, meetings
from api.campaigns.kit import Kit
from api.campaigns.ticking import tick
from api.clock import Clock
from api.consultations import lifetime
from api.consultations import service as consultations
from api.db import Database
from api.dialogue import asking, people
from api.outbox import service as outbox
from api.outbox.means import Means
from api.proposals import telling
from api.proposals.kit import Kit as ProposalKit
from api.rounds import service as rounds
from api.settings import Settings

Job = Callable[[], Coroutine[Any, Any, None]]


def clockwork(kit: Kit, means: Means) -> list[Job]:
    """What happens at its moment, once however many processes look: launches, openings, reminders, closings, expiries.

    Each is a transaction of its own, so that one that fails does not hold up the others.
    """
    db, clock, quiet = means.db, means.clock, within_hours(kit, means)
    works: list[Callable[[AsyncSession, datetime], Awaitable[object]]] = [
        lambda session, now: tick(session, kit=kit, now=now),
        lambda session, now: lifetime.open_due(session, now=now),
        lambda session, now: rounds.close_due(session, kit=quiet, now=now),
        lambda session, now: telling.milestones_done(session, kit=quiet, now=now),
        lambda session, now: outbox.expire(session, now=now),
        lambda session, now: meetings.tick(session, kit=kit, keyring=means.keyring, now=now),
        lambda session, now: lateness.note(session, catalogs=kit.catalogs, now=now),
        lambda session, now: asking.ask_minutes(session, kit=kit, keyring=means.keyring, now=now),
    ]

    def job(work: Callable[[AsyncSession, datetime], Awaitable[object]]) -> Job:
        async def once() -> None:
            async with db.transaction() as session:
                await work(session, clock())

        return once

    return [job(work) for work in works]


def within_hours(kit: Kit, means: Means) -> ProposalKit:
    """For what happens by itself, and perhaps at night: authors hear of it within the hours of campaigns."""
    return kit.for_authors(means.keyring)


def sweeper(settings: Settings, db: Database, clock: Clock) -> Job:
    """What happens each half minute: leases end, texts are blanked, what was kept for a while is destroyed.

    What is locked is let go in between: residents come before their deliveries (docs/architecture.md).
    """

    async def sweep() -> None:
        async with db.transaction() as session:
            await outbox.reap(session, now=clock())
        async with db.transaction() as session:
            closing = await consultations.newest_closing(session)
            await outbox.blank(session, now=clock(), kept=settings.reply_kept, before=closing)
        async with db.transaction() as session:
            await people.forget(session, now=clock())

    return sweep
