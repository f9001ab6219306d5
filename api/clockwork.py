"""What the service does by itself: the table of its jobs, each with the moments at which it is due."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from api import announcing, due
from api.campaigns import lateness, meetings
from api.campaigns.kit import Kit
from api.campaigns.ticking import tick
from api.clocks.service import Clocks
from api.consultations import lifetime, readings, verifying
from api.dialogue import asking
from api.jobs import Job, Moment, Then
from api.meetings import told
from api.outbox import purses
from api.outbox import service as outbox
from api.outbox.means import Means
from api.proposals import telling
from api.proposals.kit import Kit as ProposalKit
from api.rounds import service as rounds
from api.rules.service import Book
from api.scheduler import Scheduler
from api.tidying import all_tidying

_SELDOM = 30.0  # seconds between two runs of what is tidied up, and of what can be late without harm


def scheduler(kit: Kit, means: Means) -> Scheduler:
    """The scheduler of a process, with all its jobs."""
    jobs = (*clockwork(kit, means), *all_tidying(means), *announcing.jobs(kit, means))
    clocks = Clocks(means.db, means.ticks, means.watch)
    return Scheduler(
        jobs, means.db, means.clock, net=means.settings.net, values=due.values, watch=means.watch, clocks=clocks
    )


def clockwork(kit: Kit, means: Means) -> list[Job]:
    """What happens at its moment: launches, openings, reminders, closings, expiries."""
    quiet, keyring, open_ = within_hours(kit, means), means.keyring, _within(kit)
    return [
        Job(
            "campaigns",
            lambda session, now: tick(session, kit=kit, now=now),
            (Moment(due.launches()), Moment(due.flowing()), Moment(due.gates()), Moment(due.running(), apart=_SELDOM)),
        ),
        *_final(quiet, means.book),
        *_counting(),
        Job(
            "milestones",
            lambda session, now: telling.milestones_done(session, kit=quiet, now=now),
            (Moment(due.milestones()),),
        ),
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


def _final(kit: ProposalKit, book: Book) -> list[Job]:
    """What cannot be undone: it waits while the clocks disagree (`api/clocks`)."""

    async def close(session: AsyncSession, now: datetime) -> None:
        await rounds.close_due(session, kit=kit, now=now)

    async def open_due(session: AsyncSession, now: datetime) -> None:
        smallest = (await book.renew(session)).smallest_count
        await lifetime.open_due(session, now=now, smallest=smallest)

    return [
        Job("openings", open_due, (Moment(due.openings()),), final=True),
        Job("closings", close, (Moment(due.closings(), most=_SELDOM),), final=True),
        Job("expiries", lambda session, now: outbox.expire(session, now=now), (Moment(due.expiries()),), final=True),
    ]


def _counting() -> list[Job]:
    """How counts move while something is open, and whether what was published stays as it is."""
    return [
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


def within_hours(kit: Kit, means: Means) -> ProposalKit:
    """For what happens by itself, and perhaps at night: authors hear of it within the hours of campaigns."""
    return kit.for_authors(means.keyring)


def _within(kit: Kit) -> Then:
    """A moment at night waits for the morning."""
    return lambda moment, now: kit.rules.hours.opening(max(moment, now))
