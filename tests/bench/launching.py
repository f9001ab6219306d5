"""The first family of the bench: a campaign to a million residents on PostgreSQL, in a separate process."""

from __future__ import annotations

import asyncio
import json
import resource
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import text

from api.campaigns import actions, service
from api.campaigns.context import CampaignContext
from api.campaigns.policy import Rules
from api.campaigns.reporting.report import report
from api.campaigns.schemas import CampaignIn
from api.db import Database
from api.routing.prices import Price, Prices
from api.routing.roads import Road, Roads
from api.rules.service import Book
from api.rules.values import Values
from sawt.compose import catalogs
from sms.measure import Measure
from tests.consultations import words

_ROADS = Roads([Road(name="twilio", provider="twilio"), Road(name="telegram", provider="telegram", channel="telegram")])
_PRICES = Prices([Price.model_validate({"prefix": "+212", "amount": 0.1, "currency": "USD", "as_of": "2026-11-01"})])
_PEOPLE = (
    "INSERT INTO residents (state, language, latin, province, joined_at) SELECT 'active',"
    " (ARRAY['ar', 'fr', 'zgh'])[1 + n % 3], n % 2 = 0, (ARRAY['01.151', '01.511', '01.571'])[1 + n % 3], now()"
    " FROM generate_series(1, :people) AS n",
    "INSERT INTO addresses (resident_id, channel, road, prefix, blind_index, sealed, state) SELECT id,"
    " CASE WHEN id % 3 = 0 THEN 'telegram' ELSE 'sms' END, 'twilio', CASE WHEN id % 3 > 0 THEN '+21260' END,"
    " decode(md5(id::text), 'hex'), '\\x00'::bytea, 'active' FROM residents",
)


def measured(url: str, people: int) -> list[dict[str, Any]]:
    """Rows of the bench, measured in a separate process so that the peak memory is only the work's."""
    asyncio.run(_seed(url, people))
    command = [sys.executable, "-m", "tests.bench.launching", url]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    rows: list[dict[str, Any]] = json.loads(done.stdout)
    return rows


async def _seed(url: str, people: int) -> None:
    db = Database(url)
    async with db.engine.begin() as connection:
        for statement in _PEOPLE:
            await connection.execute(text(statement), {"people": people} if ":people" in statement else {})
    async with db.engine.connect() as connection:
        await (await connection.execution_options(isolation_level="AUTOCOMMIT")).execute(text("ANALYZE"))
    await db.close()


async def _whole_life(url: str) -> list[dict[str, Any]]:
    db, kit = (
        Database(url),
        CampaignContext(catalogs(), (Measure(),), Rules(Book(Values(prices=_PRICES.rows)), roads=_ROADS)),
    )
    rows: list[dict[str, Any]] = []

    async def step(name: str, work: Callable[[Any, datetime], Awaitable[Any]]) -> Any:
        start = time.perf_counter()
        async with db.transaction() as session:
            result = await work(session, datetime.now(UTC))
        rows.append({"what": name, "seconds": round(time.perf_counter() - start, 2), "peak_mb": _peak()})
        return result

    data = CampaignIn.model_validate({"name": "Bench", "purpose": "inform", "texts": words("bench"), "urgent": True})
    campaign = await step("create", lambda session, now: service.create(session, data, who="one", now=now))
    await step("preview", lambda session, now: service.preview(session, campaign.id, kit=kit, now=now))
    await step("submit", lambda session, now: actions.submit(session, campaign.id, kit=kit, who="one", now=now))
    await step("approve", lambda session, now: actions.approve(session, campaign.id, kit=kit, who="two", now=now))
    queued = await step(
        "launch", lambda session, now: actions.launch(session, campaign.id, kit=kit, who="one", now=now)
    )
    await step("report", lambda session, _: report(session, campaign.id, prices=_PRICES))
    await step("pause", lambda session, now: actions.pause(session, campaign.id, who="one", now=now))
    await step("resume", lambda session, now: actions.resume(session, campaign.id, kit=kit, who="one", now=now))
    await step("cancel", lambda session, now: actions.cancel(session, campaign.id, who="one", now=now))
    await db.close()
    return [{"family": "a whole campaign", **row, "rows": sum(queued.values())} for row in rows]


def _peak() -> int:
    """The peak memory of this process in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asyncio.run(_whole_life(sys.argv[1]))))
