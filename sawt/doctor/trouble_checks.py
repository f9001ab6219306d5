"""`sawt doctor` on work that makes no progress: clocks, campaigns, roads (delivery routes), budgets."""

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

_SUBJECT = "automatic work"


async def check_troubles(settings: Settings) -> list[Finding]:
    """Report what is stuck or failing.

    If the database is unusable, return an empty list: another check reports that.
    """
    try:
        db = Database(settings.database_url)
    except Exception:  # drivers raise many kinds of errors
        return []
    try:
        async with db.transaction() as session:
            return await _findings(session)
    except Exception:  # drivers raise many kinds of errors
        return []
    finally:
        await db.close()


async def _findings(session: AsyncSession) -> list[Finding]:
    moment = now()
    findings = [Finding(each.kind, False, _sentence(each)) for each in troubles_of(await troubles(session, now=moment))]
    for lane in await lanes.resting(session, now=moment):
        findings.append(
            Finding("road", False, f"{lane.road} is paused until {when(lane.paused_until)}: {lane.reason or ''}")
        )
    for hold in await clocks.holds(session):
        findings.append(
            Finding(
                "clock",
                False,
                (
                    f"the clock jumped by {hold.ahead} seconds: consultations do not open or close until this is "
                    "resolved"
                ),
            )
        )
    return findings or [Finding(_SUBJECT, True, "no road, campaign or clock is stuck")]


def _sentence(each: Trouble) -> str:
    return " ".join(_words(each))


def _words(each: Trouble) -> Iterator[str]:
    yield each.words
    if each.since is not None:
        yield f"(since {when(each.since)})"
    if each.command != "doctor":
        yield f"see: sawt {each.command}"
