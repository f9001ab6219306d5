"""What the service does by itself: the table of its jobs, each with the moments at which it is due."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from api.background import announcements, due_times
from api.background.cleanup import all_tidying
from api.background.job import Job, Moment, Then
from api.background.scheduler import Scheduler
from api.campaigns.context import Kit
from api.campaigns.scheduler import tick
from api.clocks.service import Clocks
from api.consultations import lifecycle
from api.consultations.counts import snapshots
from api.consultations.receipts import verification
from api.dialogue import prompts
from api.meetings import notifications
from api.outbox import service as outbox
from api.outbox.context import Means
from api.outbox.flow import budgets
from api.proposals import notifications as proposal_notifications
from api.proposals.context import Kit as ProposalKit
from api.rules.service import Book
from api.workflows import late_milestones, meetings, rounds

_SELDOM = 30.0  # seconds between two runs of what is tidied up, and of what can be late without harm


def scheduler(kit: Kit, means: Means) -> Scheduler:
    """The scheduler of a process, with all its jobs."""
    jobs = (*clockwork(kit, means), *all_tidying(means), *announcements.jobs(kit, means))
    clocks = Clocks(means.db, means.ticks, means.watch)
    return Scheduler(
        jobs, means.db, means.clock, net=means.settings.net, values=due_times.values, watch=means.watch, clocks=clocks
    )


def clockwork(kit: Kit, means: Means) -> list[Job]:
    """What happens at its moment: launches, openings, reminders, closings, expiries."""
    quiet, keyring, open_ = within_hours(kit, means), means.keyring, _within(kit)
    return [
        Job(
            "campaigns",
            lambda session, now: tick(session, kit=kit, now=now),
            (
                Moment(due_times.launches()),
                Moment(due_times.flowing()),
                Moment(due_times.gates()),
                Moment(due_times.running(), apart=_SELDOM),
            ),
        ),
        *_final(quiet, means.book),
        *_counting(),
        Job(
            "milestones",
            lambda session, now: proposal_notifications.milestones_done(session, kit=quiet, now=now),
            (Moment(due_times.milestones()),),
        ),
        Job(
            "meetings",
            lambda session, now: meetings.send_due(session, kit=kit, keyring=keyring, now=now),
            (
                Moment(due_times.seats(), open_),
                Moment(due_times.reminders(), lambda starts, now: open_(notifications.reminding(starts), now)),
            ),
        ),
        Job(
            "lateness",
            lambda session, now: late_milestones.draft_updates(session, catalogs=kit.catalogs, now=now),
            (Moment(due_times.late()), Moment(due_times.at_once(), lambda now, _: budgets.tomorrow(now))),
        ),
        Job(
            "minutes",
            lambda session, now: prompts.ask_minutes(session, kit=kit, keyring=keyring, now=now),
            (Moment(due_times.minutes(), open_, most=_SELDOM),),  # some may be in the middle of something for hours
        ),
    ]


def _final(kit: ProposalKit, book: Book) -> list[Job]:
    """What cannot be undone: it waits while the clocks disagree (`api/clocks`)."""

    async def close(session: AsyncSession, now: datetime) -> None:
        await rounds.close_due(session, kit=kit, now=now)

    async def open_due(session: AsyncSession, now: datetime) -> None:
        smallest = (await book.renew(session)).smallest_count
        await lifecycle.open_due(session, now=now, smallest=smallest)

    return [
        Job("openings", open_due, (Moment(due_times.openings()),), final=True),
        Job("closings", close, (Moment(due_times.closings(), most=_SELDOM),), final=True),
        Job(
            "expiries",
            lambda session, now: outbox.expire(session, now=now),
            (Moment(due_times.expiries()),),
            final=True,
        ),
    ]


def _counting() -> list[Job]:
    """How counts move while something is open, and whether what was published stays as it is."""
    return [
        Job(
            "readings",
            lambda session, now: snapshots.take(session, now=now),
            (Moment(due_times.readings(), lambda read, _: snapshots.next_hour(read)),),
        ),
        Job(
            "lists",
            lambda session, now: verification.check_due(session, now=now),
            (Moment(due_times.lists(), lambda checked, _: checked + verification.EVERY),),
        ),
    ]


def within_hours(kit: Kit, means: Means) -> ProposalKit:
    """For what happens by itself, and perhaps at night: authors hear of it within the hours of campaigns."""
    return kit.for_authors(means.keyring)


def _within(kit: Kit) -> Then:
    """A moment at night waits for the morning."""
    return lambda moment, now: kit.rules.hours.opening(max(moment, now))
