"""`sawt clock`: which processes hold openings and closings back, as their clock jumped; and confirming the time."""

from __future__ import annotations

from datetime import datetime

import typer

from api.clock import now
from api.clocks import service
from api.clocks.models import ClockHold
from api.pagination import cut
from sawt.cli.cli_format import when
from sawt.cli.cli_input import As
from sawt.cli.listing import Pages, listing
from sawt.cli.printing import Printer
from sawt.database import take

clock = typer.Typer(no_args_is_help=True, help="See whether a clock has jumped, and confirm the time.")
_err = Printer(stderr=True)


@clock.command("list")
@listing
def list_held(pages: Pages) -> None:
    """List the processes whose clock has jumped: what opens and closes by itself waits there."""
    pages.show(
        lambda asked: cut("clocks", take(service.holds), asked, key=_since, kinds=(datetime, str)),
        ("process", "since, by its clock", "seconds ahead"),
        lambda each: (each.process, when(each.at), str(each.ahead)),
        nothing="All clocks agree.",
    )


@clock.command()
def confirm(who: As) -> None:
    """Say that the time is right as it is: what was held back goes on. Look at the clock first."""
    count = take(lambda session: service.confirm(session, who=who, now=now()))
    _err.print(f"Confirmed; {count} held back." if count else "Nothing was held back.")


def _since(each: ClockHold) -> tuple[datetime, str]:
    return each.at, each.process
