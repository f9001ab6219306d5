"""`sawt meeting show`, `who` and `attendance`: one meeting, who registered for it, and who came."""

from __future__ import annotations

from typing import Annotated

import typer

from api.meetings.attendance_schemas import AttendanceIn, Seated
from api.meetings.schemas import MeetingOut
from sawt.cli import service
from sawt.cli.cli_format import when
from sawt.cli.cli_input import validated
from sawt.cli.listing import Pages, listing
from sawt.cli.printing import Printer
from sawt.cli.service import path

attending = typer.Typer(no_args_is_help=True)
_out, _err = Printer(), Printer(stderr=True)

Code = Annotated[str, typer.Argument(help="the meeting's code")]

_CAME = {True: "yes", False: "no", None: ""}


@attending.command()
def show(code: Code) -> None:
    """Show a meeting as JSON: its counts, attendance and minutes, and how many attendees found the minutes right."""
    _out.json(service.get(MeetingOut, path("meetings", code)).model_dump_json(indent=2))


@attending.command("who")
@listing
def list_seats(pages: Pages, code: Code) -> None:
    """List registered residents in order of registration: number, masked phone, and whether they came."""
    pages.show(
        service.listed(Seated, path("meetings", code, "seats")),
        ("resident", "phone", "state", "since", "came"),
        lambda each: (str(each.resident), each.phone, each.state, when(each.since), _CAME[each.came]),
    )


@attending.command("attendance")
def note_attendance(
    code: Code,
    people: Annotated[int | None, typer.Option(help="how many people attended, registered or not")] = None,
    came: Annotated[list[int] | None, typer.Option(help="a registered resident who came; repeatable")] = None,
    absent: Annotated[list[int] | None, typer.Option(help="a registered resident who did not come; repeatable")] = None,
) -> None:
    """Record who came, by the resident numbers that `who` lists. Residents whom you do not name stay unchanged."""
    data = validated(lambda: AttendanceIn(people=people, came=came or [], absent=absent or []))
    meeting = service.post(MeetingOut, path("meetings", code, "attendance"), data)
    registered = f"{meeting.came} of those registered came, {meeting.absent} did not"
    _err.print(f"{code}: {registered}; attendance: {_attended(meeting)}.")


def _attended(meeting: MeetingOut) -> str:
    return "not counted" if meeting.attended is None else str(meeting.attended)
