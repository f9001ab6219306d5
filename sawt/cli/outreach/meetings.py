"""`sawt meeting`: plan, list, cancel and move meetings, change their seats, keep their minutes."""

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
from api.workflows import meetings as telling
from sawt.cli.cli_format import place
from sawt.cli.cli_input import As, At, agreed, parsed, well_formed, written
from sawt.cli.examples import add_example
from sawt.cli.listing import Pages, listing
from sawt.cli.outreach.meeting_attendance import Code, attending
from sawt.cli.printing import Printer
from sawt.context import ruled
from sawt.database import take

meeting = typer.Typer(no_args_is_help=True, help="Meet residents; whoever registered hears at once what changes.")
add_example(meeting, "meeting")
meeting.add_typer(attending)
_out, _err = Printer(), Printer(stderr=True)
_Told = tuple[Meeting, Campaign, dict[str, int]]

Source = Annotated[Path, typer.Argument(help="a description as JSON; - for standard input")]

M = TypeVar("M", bound=BaseModel)


@meeting.command("list")
@listing
def list_meetings(pages: Pages) -> None:
    """List meetings, the latest first: seats taken of all, how many came, what they say of the minutes."""
    pages.show(
        lambda asked: take(lambda session: _list(session, asked)),
        ("code", "place", "province", "when", "state", "seats", "waiting", "came", "right/wrong"),
        lambda row: row,
    )


@meeting.command()
def create(file: Source, who: As) -> None:
    """Plan a meeting: code, title, place, times, seats, province, languages, point on the map, consultation."""
    wanted = parsed(MeetingIn, written(file))
    found = take(lambda session: service.create(session, wanted, who=who, now=now()))
    _err.print(f"{found.code} is planned.")


@meeting.command()
def cancel(
    code: Code,
    who: As,
    why: Annotated[Path | None, typer.Option("--why", help="a JSON file: the reason in ar, fr and zgh")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="without asking")] = False,
) -> None:
    """Cancel it, and tell everyone registered at once, with the reason and the other way to take part."""
    reason = None if why is None else parsed(Reason, written(why))
    agreed(f"Cancel {code} and tell everyone registered?", yes=yes)
    _report(*take(lambda session: _cancel(session, code, who, reason)))


@meeting.command()
def move(
    code: Code,
    starts: At,
    ends: At,
    who: As,
    place: Annotated[Path | None, typer.Option(help="its new place as JSON in ar, fr and zgh; - for input")] = None,
) -> None:
    """Move it to another time, and perhaps another place, and tell everyone registered at once; seats stay held."""
    where = parsed(PlaceWords, written(place)) if place is not None else None
    wanted = well_formed(lambda: When(starts_at=starts, ends_at=ends, place=where))
    _report(*take(lambda session: _move(session, code, who, wanted)))


@meeting.command("seats")
def resize(code: Code, count: Annotated[int, typer.Argument(help="seats from now on", min=1)], who: As) -> None:
    """Another number of seats; those who wait move up, and are told, within hours."""
    found = take(lambda session: seats.resize(session, code, seats=count, who=who, now=now()))
    _err.print(f"{found.code} has {found.seats} seats.")


@meeting.command()
def minutes(code: Code, file: Source, who: As) -> None:
    """It was held: keep three lines of minutes in ar, fr and zgh, and ask those who came whether they are right."""
    said = parsed(MinutesWords, written(file))
    found = take(lambda session: service.record(session, code, said, who=who, now=now()))
    _err.print(f"{found.code} is {found.state}; those who came are asked, within hours.")


def _report(found: Meeting, campaign: Campaign, queued: dict[str, int]) -> None:
    """How many are being told; and that a consultation which is not open was named to nobody."""
    _err.print(f"{found.code} is {found.state}; being told: {sum(queued.values())}.")
    if found.consultation_id is not None and campaign.consultation_id is None:
        _err.print("Its consultation is not open: nobody was told of another way to take part.")


async def _cancel(session: AsyncSession, code: str, who: str, reason: Reason | None) -> _Told:
    return await telling.cancel(session, code, kit=await ruled(session), action=Action(who, now()), reason=reason)


async def _move(session: AsyncSession, code: str, who: str, wanted: When) -> _Told:
    return await telling.move(session, code, wanted, kit=await ruled(session), action=Action(who, now()))


async def _list(session: AsyncSession, asked: PageRequest) -> PageRows[tuple[str, ...]]:
    meetings = await service.listed(session, asked)
    counted = await service.counted(session, [each.id for each in meetings.items])
    return meetings.map(lambda each: _row(each, counted.get(each.id, service.Counts())))


def _row(each: Meeting, found: service.Counts) -> tuple[str, ...]:
    came = each.attended if each.attended is not None else found.came
    judged = f"{each.agreed}/{each.disagreed}" if each.minutes else ""
    counts = (f"{found.taken}/{each.seats}", str(found.waiting), str(came), judged)
    return (each.code, each.place["fr"], place(each.province), notifications.start_text(each), each.state, *counts)
