"""`sawt clock`: which processes hold openings and closings back, as their clock jumped; and confirming the time."""

from __future__ import annotations

import typer

from api.clock import now
from api.clocks import service
from sawt.database import take
from sawt.given import As
from sawt.printing import Printer, Table
from sawt.shown import when

clock = typer.Typer(no_args_is_help=True, help="See whether a clock has jumped, and confirm the time.")
_out, _err = Printer(), Printer(stderr=True)


@clock.command("list")
def list_held() -> None:
    """List the processes whose clock has jumped: what opens and closes by itself waits there."""
    table = Table("process", "since, by its clock", "seconds ahead")
    for each in take(service.held):
        table.add_row(each.process, when(each.at), str(each.ahead))
    _out.print(table if table.row_count else "All clocks agree.")


@clock.command()
def confirm(who: As) -> None:
    """Say that the time is right as it is: what was held back goes on. Look at the clock first."""
    count = take(lambda session: service.confirm(session, who=who, now=now()))
    _err.print(f"Confirmed; {count} held back." if count else "Nothing was held back.")
