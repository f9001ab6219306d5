"""`sawt clock`: list processes whose clock jumped, and confirm the time.

Until the time is confirmed, these processes open and close no consultations.
"""

from __future__ import annotations

from datetime import datetime

import typer

from api.clock import now
from api.clocks import service
from api.clocks.models import ClockHold
from api.pagination import cut
from sawt.cli.cli_format import counted, when
from sawt.cli.cli_input import As
from sawt.cli.listing import Pages, listing
from sawt.cli.printing import Printer
from sawt.database import transact

clock = typer.Typer(no_args_is_help=True, help="See whether a clock has jumped, and confirm the time.")
_err = Printer(stderr=True)


@clock.command("list")
@listing
def list_held(pages: Pages) -> None:
    """List processes whose clock has jumped. They postpone scheduled openings and closings."""
    pages.show(
        lambda asked: cut("clocks", transact(service.holds), asked, key=_since, kinds=(datetime, str)),
        ("process", "since, by its clock", "seconds ahead"),
        lambda each: (each.process, when(each.at), str(each.ahead)),
        nothing="All clocks agree.",
    )


@clock.command()
def confirm(who: As) -> None:
    """Confirm that the time is right, after checking the clock. Postponed openings and closings then happen."""
    count = transact(lambda session: service.confirm(session, who=who, now=now()))
    _err.print(f"Confirmed for {counted(count, 'process', 'processes')}." if count else "No process was waiting.")


def _since(each: ClockHold) -> tuple[datetime, str]:
    return each.at, each.process
