"""`sawt lanes`: show how fast each lane may send and why a lane is paused, and resume a paused lane.

A lane is the sending limit of one road. A road is a delivery route: one provider account.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from api.clock import MOROCCO, now
from api.outbox.flow import circuit_breaker
from api.outbox.flow import lanes as service
from api.outbox.flow.circuit_breaker import State
from api.outbox.models import Lane
from api.pagination import PageRequest, PageRows, cut
from sawt.cli.cli_input import As
from sawt.cli.listing import Pages, listing
from sawt.cli.printing import Printer
from sawt.database import transact

lanes = typer.Typer(no_args_is_help=True, help="See how fast each road sends, and resume one that rests.")
_HELD = timedelta(seconds=10)  # more than normal: lanes reserve slots about a second ahead, several for a long message
_ASKED = "the provider asked us to wait; 'resume' does not shorten that"
_err = Printer(stderr=True)


@lanes.command("list")
@listing
def list_lanes(pages: Pages) -> None:
    """List the lanes with their rates; for a paused lane, also show the reason."""
    moment = now()
    pages.show(
        lambda asked: transact(lambda session: _list(session, asked)),
        ("lane", "per second", "state", "why"),
        lambda each: (each.road, f"{each.per_second:g}", *state(each, moment)),
    )


@lanes.command()
def resume(road: Annotated[str, typer.Argument(help="the lane, as in 'sawt lanes list'")], who: As) -> None:
    """Resume sending on a paused lane, before its pause ends."""
    transact(lambda session: service.resume(session, road, who=who, now=now()))
    _err.print(f"Lane {road} is open.")


async def _list(session: AsyncSession, asked: PageRequest) -> PageRows[Lane]:
    lanes = await service.list_all(session)
    return cut("lanes", lanes, asked, key=lambda each: (each.road.lower(), each.road), kinds=(str, str))


def state(lane: Lane, moment: datetime) -> tuple[str, str]:
    """Return a lane's state at a moment and the reason, in words for staff."""
    breaker = circuit_breaker.state(lane.paused_until, moment)
    if lane.paused_until is None or breaker is State.CLOSED:
        held = lane.next_slot - moment > _HELD
        return (f"held until {lane.next_slot.astimezone(MOROCCO):%H:%M:%S}", _ASKED) if held else ("open", "")
    if breaker is State.HALF_OPEN:
        return "is tried again", lane.reason or ""
    return f"rests until {lane.paused_until.astimezone(MOROCCO):%H:%M}", lane.reason or ""
