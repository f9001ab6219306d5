"""`sawt lanes`: how fast each channel may send, whether it rests and why, and opening it again."""

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
from sawt.database import take

lanes = typer.Typer(no_args_is_help=True, help="See how fast each channel sends, and open one that rests.")
_HELD = timedelta(seconds=10)  # a lane reserves its slots a second ahead; a long message may take a few
_ASKED = "the provider asked to wait: 'resume' does not shorten that"
_err = Printer(stderr=True)


@lanes.command("list")
@listing
def list_lanes(pages: Pages) -> None:
    """List the lanes: their rate, and why one rests."""
    moment = now()
    pages.show(
        lambda asked: take(lambda session: _list(session, asked)),
        ("lane", "per second", "state", "why"),
        lambda each: (each.road, f"{each.per_second:g}", *state(each, moment)),
    )


@lanes.command()
def resume(road: Annotated[str, typer.Argument(help="the lane, as in 'sawt lanes list'")], who: As) -> None:
    """Open a lane that rests, before its time."""
    take(lambda session: service.resume(session, road, who=who, now=now()))
    _err.print(f"The lane {road} is open.")


async def _list(session: AsyncSession, asked: PageRequest) -> PageRows[Lane]:
    found = await service.list_all(session)
    return cut("lanes", found, asked, key=lambda each: (each.road.lower(), each.road), kinds=(str, str))


def state(lane: Lane, moment: datetime) -> tuple[str, str]:
    """How a lane stands at a moment, and why, as staff read it."""
    found = circuit_breaker.state(lane.paused_until, moment)
    if lane.paused_until is None or found is State.CLOSED:
        held = lane.next_slot - moment > _HELD
        return (f"held until {lane.next_slot.astimezone(MOROCCO):%H:%M:%S}", _ASKED) if held else ("open", "")
    if found is State.HALF_OPEN:
        return "is tried again", lane.reason or ""
    return f"rests until {lane.paused_until.astimezone(MOROCCO):%H:%M}", lane.reason or ""
