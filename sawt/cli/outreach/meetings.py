"""`sawt meeting`: plan, list, cancel and move meetings, change their seats, record their minutes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.meetings.schemas import Cancelled, MeetingIn, MeetingOut, MinutesWords, Moved, PlaceWords, Reason, Seats, Told
from sawt.cli import service
from sawt.cli.cli_format import place, when
from sawt.cli.cli_input import At, confirm, parsed, read_text, validated
from sawt.cli.examples import add_example
from sawt.cli.listing import Pages, listing
from sawt.cli.outreach.meeting_attendance import Code, attending
from sawt.cli.printing import Printer
from sawt.cli.service import path

meeting = typer.Typer(no_args_is_help=True, help="Organise meetings; registered residents are notified of changes.")
add_example(meeting, "meeting")
meeting.add_typer(attending)
_out, _err = Printer(), Printer(stderr=True)

Source = Annotated[Path, typer.Argument(help="a description as JSON; - for standard input")]


@meeting.command("list")
@listing
def list_meetings(pages: Pages) -> None:
    """List meetings, the latest first: seats, taken seats, attendance, and opinions on the minutes."""
    pages.show(
        service.listed(MeetingOut, "/meetings"),
        ("code", "place", "province", "when", "state", "seats", "waiting", "came", "right/wrong"),
        _row,
    )


@meeting.command()
def create(file: Source) -> None:
    """Plan a meeting: code, title, place, times, seats, province, languages, point on the map, consultation."""
    planned = service.post(MeetingOut, "/meetings", parsed(MeetingIn, read_text(file)))
    _err.print(f"{planned.code} is planned.")


@meeting.command()
def cancel(
    code: Code,
    why: Annotated[Path | None, typer.Option("--why", help="a JSON file: the reason in ar, fr and zgh")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="do not ask for confirmation")] = False,
) -> None:
    """Cancel a meeting and notify everyone registered at once, with the reason and another way to take part."""
    reason = None if why is None else parsed(Reason, read_text(why))
    confirm(f"Cancel {code} and notify everyone registered?", yes=yes)
    _report(service.post(Told, path("meetings", code, "cancel"), Cancelled(reason=reason)))


@meeting.command()
def move(
    code: Code,
    starts: At,
    ends: At,
    place: Annotated[Path | None, typer.Option(help="a JSON file: its new place; - for standard input")] = None,
) -> None:
    """Move a meeting to another time or place, and notify everyone registered at once. They keep their seats."""
    where = parsed(PlaceWords, read_text(place)) if place is not None else None
    wanted = validated(lambda: Moved(starts_at=starts, ends_at=ends, place=where))
    _report(service.post(Told, path("meetings", code, "move"), wanted))


@meeting.command("seats")
def resize(code: Code, count: Annotated[int, typer.Argument(help="seats from now on", min=1)]) -> None:
    """Change the number of seats. People on the waiting list who get a seat are notified within hours."""
    resized = service.post(MeetingOut, path("meetings", code, "seats"), validated(lambda: Seats(seats=count)))
    _err.print(f"{resized.code} has {resized.seats} seats.")


@meeting.command()
def minutes(code: Code, file: Source) -> None:
    """Record minutes in ar, fr and zgh, three lines each, and ask attendees whether the minutes are right."""
    words = parsed(MinutesWords, read_text(file))
    recorded = service.post(MeetingOut, path("meetings", code, "minutes"), words)
    _err.print(f"{recorded.code} is {recorded.state}; those who came are asked about the minutes within hours.")


def _report(told: Told) -> None:
    """Print how many people are notified of a change. Add a note if their message offers no other way to take part."""
    _err.print(f"{told.meeting} is {told.state}; notified: {sum(told.queued.values())}.")
    if told.offers_consultation is False:
        _err.print("Its consultation is not open, so the message offers no other way to take part.")


def _row(each: MeetingOut) -> tuple[str, ...]:
    came = each.attended if each.attended is not None else each.came
    judged = f"{each.agreed}/{each.disagreed}" if each.minutes else ""
    counts = (f"{each.taken}/{each.seats}", str(each.waiting), str(came), judged)
    return (each.code, each.place["fr"], place(each.province), when(each.starts_at), each.state, *counts)
