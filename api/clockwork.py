"""What the service does by itself: the table of its jobs, each with the moments at which it is due."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from api import due
from api.campaigns import lateness, meetings
from api.campaigns.hours import Hours
from api.campaigns.kit import Kit
from api.campaigns.ticking import tick
from api.clock import Clock
from api.consultations import lifetime, readings, verifying
from api.consultations import service as consultations
from api.db import Database
from api.dialogue import asking, people
from api.jobs import Job, Moment, Then
from api.meetings import told
from api.outbox import purses
from api.outbox import service as outbox
from api.outbox.means import Means
from api.proposals import telling
from api.proposals.kit import Kit as ProposalKit
from api.residents import merging
from api.rounds import service as rounds
from api.scheduler import Scheduler
from api.settings import Settings

log = structlog.get_logger(__name__)

_SELDOM = 30.0  # seconds between two runs of what is tidied up, and of what can be late without harm


def scheduler(kit: Kit, means: Means) -> Scheduler:
    """The scheduler of a process, with all its jobs."""
    jobs = (*clockwork(kit, means), *tidying(means.settings))
    return Scheduler(jobs, means.db, means.clock, net=means.settings.net, values=due.values)


def clockwork(kit: Kit, means: Means) -> list[Job]:
    """What happens at its moment: launches, openings, reminders, closings, expiries."""
    quiet, keyring, open_ = within_hours(kit, means), means.keyring, _within(kit.rules.hours)
    return [
        Job(
            "campaigns",
            lambda session, now: tick(session, kit=kit, now=now),
            (Moment(due.launches()), Moment(due.flowing()), Moment(due.gates()), Moment(due.running(), apart=_SELDOM)),
        ),
        *_counting(means.settings),
        Job("closings", lambda session, now: rounds.close_due(session, kit=quiet, now=now), (Moment(due.closings()),)),
        Job(
            "milestones",
            lambda session, now: telling.milestones_done(session, kit=quiet, now=now),
            (Moment(due.milestones()),),
        ),
        Job("expiries", lambda session, now: outbox.expire(session, now=now), (Moment(due.expiries()),)),
        Job(
            "meetings",
            lambda session, now: meetings.tick(session, kit=kit, keyring=keyring, now=now),
            (
                Moment(due.seats(), open_),
                Moment(due.reminders(), lambda starts, now: open_(told.reminding(starts), now)),
            ),
        ),
        Job(
            "lateness",
            lambda session, now: lateness.note(session, catalogs=kit.catalogs, now=now),
            (Moment(due.late()), Moment(due.at_once(), lambda now, _: purses.tomorrow(now))),
        ),
        Job(
            "minutes",
            lambda session, now: asking.ask_minutes(session, kit=kit, keyring=keyring, now=now),
            (Moment(due.minutes(), open_, most=_SELDOM),),  # some may be in the middle of something for hours
        ),
    ]


def _counting(settings: Settings) -> list[Job]:
    """What opens, how its counts move, and whether what was published stays as it is."""
    smallest = settings.smallest_count
    return [
        Job(
            "openings",
            lambda session, now: lifetime.open_due(session, now=now, smallest=smallest),
            (Moment(due.openings()),),
        ),
        Job(
            "readings",
            lambda session, now: readings.take(session, now=now),
            (Moment(due.readings(), lambda read, _: readings.next_hour(read)),),
        ),
        Job(
            "lists",
            lambda session, now: verifying.check_due(session, now=now),
            (Moment(due.lists(), lambda checked, _: checked + verifying.EVERY),),
        ),
    ]


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

    kept, undone = timedelta(seconds=settings.reply_kept), merging.UNDO
    return [
        Job("leases", reap, (Moment(due.leases()),)),
        Job(
            "texts",
            blank,
            (
                Moment(due.texts(), lambda settled, _: settled + kept, apart=_SELDOM),
                Moment(due.closed_texts(), apart=_SELDOM),
            ),
        ),
        Job(
            "leftovers",
            lambda session, now: people.forget(session, now=now),
            (
                Moment(due.merges(), lambda merged, _: merged + undone, apart=_SELDOM),
                Moment(due.superseded(), apart=_SELDOM),
                Moment(due.leftovers(), apart=_SELDOM),
            ),
        ),
    ]


def within_hours(kit: Kit, means: Means) -> ProposalKit:
    """For what happens by itself, and perhaps at night: authors hear of it within the hours of campaigns."""
    return kit.for_authors(means.keyring)


def sweeper(settings: Settings, db: Database, clock: Clock) -> Callable[[], Coroutine[Any, Any, None]]:
    """Everything that is tidied up, now and whether or not it is due."""

    async def sweep() -> None:
        for job in tidying(settings):
            async with db.transaction() as session:
                await job.work(session, clock())

    return sweep


def _within(hours: Hours) -> Then:
    """A moment at night waits for the morning."""
    return lambda moment, now: hours.opening(max(moment, now))
