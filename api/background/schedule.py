"""The list of background jobs, each with its due times."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from api.background import announcements, due_times
from api.background.cleanup import all_cleanup
from api.background.job import Job, Moment, Shift
from api.background.scheduler import Scheduler
from api.campaigns.context import CampaignContext
from api.campaigns.scheduler import tick
from api.clocks.service import Clocks
from api.consultations import lifecycle
from api.consultations.counts import snapshots
from api.consultations.receipts import verification
from api.dialogue import prompts
from api.meetings import notifications
from api.outbox import service as outbox
from api.outbox.context import OutboxContext
from api.outbox.flow import budgets
from api.proposals import notifications as proposal_notifications
from api.proposals.context import ProposalContext
from api.rules.service import Book
from api.workflows import late_milestones, meetings, rounds

_SELDOM = 30.0  # seconds between runs of jobs that can be late without harm


def scheduler(kit: CampaignContext, means: OutboxContext) -> Scheduler:
    """Return the scheduler of a process, with all its jobs."""
    jobs = (*timed_jobs(kit, means), *all_cleanup(means), *announcements.jobs(kit, means))
    clocks = Clocks(means.db, means.ticks, means.watch)
    return Scheduler(
        jobs, means.db, means.clock, net=means.settings.net, values=due_times.values, watch=means.watch, clocks=clocks
    )


def timed_jobs(kit: CampaignContext, means: OutboxContext) -> list[Job]:
    """Return the jobs that run at given times: launches, openings, reminders, closings and expiries."""
    quiet, keyring, when_allowed = quiet_context(kit, means), means.keyring, _within_hours(kit)
    return [
        Job(
            "campaigns",
            lambda session, now: tick(session, kit=kit, now=now),
            (
                Moment(due_times.launches()),
                Moment(due_times.flowing()),
                Moment(due_times.window_openings()),
                Moment(due_times.running(), apart=_SELDOM),
            ),
        ),
        *_final(quiet, means.book),
        *_counting(),
        Job(
            "milestones",
            lambda session, now: proposal_notifications.tell_milestones_done(session, context=quiet, now=now),
            (Moment(due_times.milestones()),),
        ),
        Job(
            "meetings",
            lambda session, now: meetings.send_due(session, kit=kit, keyring=keyring, now=now),
            (
                Moment(due_times.seats(), when_allowed),
                Moment(due_times.reminders(), lambda starts, now: when_allowed(notifications.remind_from(starts), now)),
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
            # The person to ask may be in another conversation for hours.
            (Moment(due_times.minutes(), when_allowed, most=_SELDOM),),
        ),
    ]


def _final(kit: ProposalContext, book: Book) -> list[Job]:
    """Return the jobs that cannot be undone, which wait after a clock jump."""

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
    """Return the jobs that update counts of open consultations, and verify that published lists have not changed."""
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


def quiet_context(kit: CampaignContext, means: OutboxContext) -> ProposalContext:
    """Return the context for jobs that may run at night. It delays notifications to authors until sending hours."""
    return kit.for_authors(means.keyring)


def _within_hours(kit: CampaignContext) -> Shift:
    """Return a function that moves a time into the next sending hours."""
    return lambda moment, now: kit.rules.hours.opening(max(moment, now))
