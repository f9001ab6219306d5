"""`sawt meeting`: plan, list, cancel and move meetings, change their seats, record their minutes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, TypeVar

import typer
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from api.actors import Action
from api.campaigns.models import Campaign
from api.clock import now
from api.meetings import notifications, seats, service
from api.meetings.models import Meeting
from api.meetings.schemas import MeetingIn, MinutesWords, PlaceWords, Reason, When
from api.pagination import PageRequest, PageRows
from api.workflows import meetings as workflow
from sawt.cli.cli_format import place
from sawt.cli.cli_input import As, At, confirm, parsed, read_text, validated
from sawt.cli.examples import add_example
from sawt.cli.listing import Pages, listing
from sawt.cli.outreach.meeting_attendance import Code, attending
from sawt.cli.printing import Printer
from sawt.context import context_in_force
from sawt.database import transact

meeting = typer.Typer(no_args_is_help=True, help="Organise meetings; registered residents are notified of changes.")
add_example(meeting, "meeting")
meeting.add_typer(attending)
_out, _err = Printer(), Printer(stderr=True)
_Change = tuple[Meeting, Campaign, dict[str, int]]  # the meeting, its campaign, messages queued by channel

Source = Annotated[Path, typer.Argument(help="a description as JSON; - for standard input")]

M = TypeVar("M", bound=BaseModel)


@meeting.command("list")
@listing
def list_meetings(pages: Pages) -> None:
    """List meetings, the latest first: seats, taken seats, attendance, and opinions on the minutes."""
    pages.show(
        lambda asked: transact(lambda session: _list(session, asked)),
        ("code", "place", "province", "when", "state", "seats", "waiting", "came", "right/wrong"),
        lambda row: row,
    )


@meeting.command()
def create(file: Source, who: As) -> None:
    """Plan a meeting: code, title, place, times, seats, province, languages, point on the map, consultation."""
    wanted = parsed(MeetingIn, read_text(file))
    planned = transact(lambda session: service.create(session, wanted, who=who, now=now()))
    _err.print(f"{planned.code} is planned.")


@meeting.command()
def cancel(
    code: Code,
    who: As,
    why: Annotated[Path | None, typer.Option("--why", help="a JSON file: the reason in ar, fr and zgh")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="do not ask for confirmation")] = False,
) -> None:
    """Cancel a meeting and notify everyone registered at once, with the reason and another way to take part."""
    reason = None if why is None else parsed(Reason, read_text(why))
    confirm(f"Cancel {code} and notify everyone registered?", yes=yes)
    _report(*transact(lambda session: _cancel(session, code, who, reason)))


@meeting.command()
def move(
    code: Code,
    starts: At,
    ends: At,
    who: As,
    place: Annotated[Path | None, typer.Option(help="a JSON file: its new place; - for standard input")] = None,
) -> None:
    """Move a meeting to another time or place, and notify everyone registered at once. They keep their seats."""
    where = parsed(PlaceWords, read_text(place)) if place is not None else None
    wanted = validated(lambda: When(starts_at=starts, ends_at=ends, place=where))
    _report(*transact(lambda session: _move(session, code, who, wanted)))


@meeting.command("seats")
def resize(code: Code, count: Annotated[int, typer.Argument(help="seats from now on", min=1)], who: As) -> None:
    """Change the number of seats. People on the waiting list who get a seat are notified within hours."""
    resized = transact(lambda session: seats.resize(session, code, seats=count, who=who, now=now()))
    _err.print(f"{resized.code} has {resized.seats} seats.")


@meeting.command()
def minutes(code: Code, file: Source, who: As) -> None:
    """Record minutes in ar, fr and zgh, three lines each, and ask attendees whether the minutes are right."""
    words = parsed(MinutesWords, read_text(file))
    recorded = transact(lambda session: service.record(session, code, words, who=who, now=now()))
    _err.print(f"{recorded.code} is {recorded.state}; those who came are asked about the minutes within hours.")


def _report(changed: Meeting, campaign: Campaign, queued: dict[str, int]) -> None:
    """Print how many people are notified of a change. Add a note if their message offers no other way to take part."""
    _err.print(f"{changed.code} is {changed.state}; notified: {sum(queued.values())}.")
    if changed.consultation_id is not None and campaign.consultation_id is None:
        _err.print("Its consultation is not open, so the message offers no other way to take part.")


async def _cancel(session: AsyncSession, code: str, who: str, reason: Reason | None) -> _Change:
    return await workflow.cancel(
        session, code, kit=await context_in_force(session), action=Action(who, now()), reason=reason
    )


async def _move(session: AsyncSession, code: str, who: str, wanted: When) -> _Change:
    return await workflow.move(session, code, wanted, kit=await context_in_force(session), action=Action(who, now()))


async def _list(session: AsyncSession, asked: PageRequest) -> PageRows[tuple[str, ...]]:
    meetings = await service.listed(session, asked)
    counted = await service.counted(session, [each.id for each in meetings.items])
    return meetings.map(lambda each: _row(each, counted.get(each.id, service.Counts())))


def _row(each: Meeting, seats: service.Counts) -> tuple[str, ...]:
    came = each.attended if each.attended is not None else seats.came
    judged = f"{each.agreed}/{each.disagreed}" if each.minutes else ""
    counts = (f"{seats.taken}/{each.seats}", str(seats.waiting), str(came), judged)
    return (each.code, each.place["fr"], place(each.province), notifications.start_text(each), each.state, *counts)
