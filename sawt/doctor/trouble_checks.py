"""What `sawt doctor` says of what does not go on by itself: clocks, campaigns, roads, money."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy.ext.asyncio import AsyncSession

from api.clock import now
from api.clocks import service as clocks
from api.db import Database
from api.outbox.flow import lanes
from api.settings import Settings
from api.workflows.overview.troubles import troubles
from sawt.cli.cli_format import when
from sawt.cli.system.troubles import Trouble, troubles_of
from sawt.doctor.finding import Finding

_WHAT = "what goes on by itself"


async def look_at_troubles(settings: Settings) -> list[Finding]:
    """What is in trouble; nothing if the database is not right: `sawt doctor` says that first."""
    try:
        db = Database(settings.database_url)
    except Exception:  # whatever a driver raises
        return []
    try:
        async with db.transaction() as session:
            return await _look(session)
    except Exception:  # whatever a driver raises
        return []
    finally:
        await db.close()


async def _look(session: AsyncSession) -> list[Finding]:
    moment = now()
    found = [Finding(each.kind, False, _said(each)) for each in troubles_of(await troubles(session, now=moment))]
    for lane in await lanes.resting(session, now=moment):
        found.append(Finding("road", False, f"{lane.road} rests until {when(lane.paused_until)}: {lane.reason or ''}"))
    for held in await clocks.holds(session):
        found.append(Finding("clock", False, f"it jumped by {held.ahead} seconds: openings and closings wait"))
    return found or [Finding(_WHAT, True, "roads, campaigns and the clock get on")]


def _said(each: Trouble) -> str:
    return " ".join(_words(each))


def _words(each: Trouble) -> Iterator[str]:
    yield each.words
    if each.since is not None:
        yield f"(since {when(each.since)})"
    if each.command != "doctor":
        yield f"see: sawt {each.command}"
