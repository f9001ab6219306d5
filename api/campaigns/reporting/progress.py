"""Watch the report on a campaign as it changes. The report is read once a second."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator

import anyio

from api.campaigns import transitions
from api.campaigns.reporting.report import report
from api.campaigns.reporting.schemas import Report
from api.db import Database
from api.errors import Unavailable
from api.routing.prices import Prices

EVERY = 1.0  # seconds between two reads
PING = 15.0  # seconds between comments that keep an idle connection open
_BYTES = 8  # length of the hash that identifies a report


async def read(db: Database, campaign_id: int, *, prices: Prices) -> Report:
    """Return the current report on a campaign, even if the client disconnects meanwhile. Raises NotFound."""
    with anyio.CancelScope(shield=True):
        async with db.transaction() as session:
            current = await report(session, campaign_id, prices=prices)
    return current


async def changes(db: Database, campaign_id: int, *, prices: Prices, first: Report) -> AsyncIterator[Report]:
    """Yield the report on a campaign whenever it changes, until the campaign has ended.

    The first one is `first`. No database connection is held in between. If the database cannot be reached, wait until
    it can.
    """
    last = current = first
    yield current
    while not is_over(current):
        await asyncio.sleep(EVERY)
        try:
            current = await read(db, campaign_id, prices=prices)
        except Unavailable:
            continue
        if current != last:
            last = current
            yield current


def name_of(current: Report) -> str:
    """Return an id for the event that carries this report. Equal reports have the same id in any process."""
    return hashlib.sha256(current.model_dump_json().encode()).hexdigest()[: 2 * _BYTES]


def is_over(current: Report) -> bool:
    """Whether a report says that its campaign has ended."""
    return current.state in transitions.OVER
