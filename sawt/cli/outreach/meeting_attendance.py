"""`sawt meeting show`, `who`, `attendance`: one meeting whole, who registered for it, and who came."""

from __future__ import annotations

from typing import Annotated

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from api.clock import now
from api.meetings import attendance, service
from api.meetings.attendance import AttendanceIn
from api.meetings.reading import out
from api.meetings.schemas import MeetingOut
from sawt.cli.cli_format import when
from sawt.cli.cli_input import As, well_formed
from sawt.cli.listing import Pages, listing
from sawt.cli.printing import Printer
from sawt.context import keyring
from sawt.database import take

attending = typer.Typer(no_args_is_help=True)
_out, _err = Printer(), Printer(stderr=True)

Code = Annotated[str, typer.Argument(help="the meeting's code")]

_CAME = {True: "yes", False: "no", None: ""}


@attending.command()
def show(code: Code) -> None:
    """Show one as JSON: its counts, who came, its minutes and how many found them right."""
    _out.json(take(lambda session: _shown(session, code)).model_dump_json(indent=2))


@attending.command("who")
@listing
def list_seats(pages: Pages, code: Code) -> None:
    """List everyone registered, in their order, by resident number and masked phone, with whether they came."""
    pages.show(
        lambda asked: take(lambda session: attendance.seats(session, code, keyring=keyring(), asked=asked)),
        ("resident", "phone", "state", "since", "came"),
        lambda each: (str(each.resident), each.phone, each.state, when(each.since), _CAME[each.came]),
    )


@attending.command("attendance")
def note_attendance(
    code: Code,
    who: As,
    people: Annotated[int | None, typer.Option(help="how many were in the room, registered or not")] = None,
    came: Annotated[list[int] | None, typer.Option(help="a resident who came; may be given again")] = None,
    absent: Annotated[list[int] | None, typer.Option(help="a resident who did not; may be given again")] = None,
) -> None:
    """Note who came; `who` lists residents by number. What is left out stays as it was noted before."""
    said = well_formed(lambda: AttendanceIn(people=people, came=came or [], absent=absent or []))
    take(lambda session: attendance.note(session, code, said, who=who, now=now()))
    found = take(lambda session: _shown(session, code))
    _err.print(f"{code}: {found.came} of those registered came, {found.absent} did not; in the room: {_or(found)}.")


async def _shown(session: AsyncSession, code: str) -> MeetingOut:
    return await out(session, await service.get(session, code))


def _or(found: MeetingOut) -> str:
    return "not counted" if found.attended is None else str(found.attended)
