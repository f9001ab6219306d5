"""`sawt lanes`: how fast each channel may send, whether it rests and why, and opening it again."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from api.clock import MOROCCO, now
from api.db import Database
from api.outbox import lanes as service
from api.outbox.models import Lane
from sawt.database import with_db

lanes = typer.Typer(no_args_is_help=True, help="See how fast each channel sends, and open one that rests.")
_out, _err = Console(), Console(stderr=True)


@lanes.command("list")
def list_lanes() -> None:
    """List the lanes: their rate, and why one rests."""
    table = Table("lane", "per second", "state", "why")
    for row in asyncio.run(with_db(_list)):
        table.add_row(*row)
    _out.print(table)


@lanes.command()
def resume(road: Annotated[str, typer.Argument(help="the lane, as in 'sawt lanes list'")]) -> None:
    """Open a lane that rests, before its time."""
    asyncio.run(with_db(lambda db: _resume(db, road)))
    _err.print(f"The lane {road} is open.")


async def _list(db: Database) -> list[tuple[str, str, str, str]]:
    async with db.transaction() as session:
        return [(each.road, f"{each.per_second:g}", *_state(each)) for each in await service.every(session)]


def _state(lane: Lane) -> tuple[str, str]:
    if lane.paused_until is None or lane.paused_until <= now():
        return "open", ""
    return f"rests until {lane.paused_until.astimezone(MOROCCO):%H:%M}", lane.reason or ""


async def _resume(db: Database, road: str) -> None:
    async with db.transaction() as session:
        await service.resume(session, road)
