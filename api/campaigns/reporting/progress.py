"""A campaign's report as it changes, for whoever watches: looked at once a second."""

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

EVERY = 1.0  # seconds between two looks
PING = 15.0  # seconds between comments that keep a silent connection open
_BYTES = 8  # of a hash that names a report


async def look(db: Database, campaign_id: int, *, prices: Prices) -> Report:
    """The report as it stands, in a transaction of its own. Raises NotFound.

    Whoever leaves while it is read does not break it off: its connection goes back to the others in good order.
    """
    with anyio.CancelScope(shield=True):
        async with db.transaction() as session:
            found = await report(session, campaign_id, prices=prices)
    return found


async def changes(db: Database, campaign_id: int, *, prices: Prices, first: Report) -> AsyncIterator[Report]:
    """This report, then each that differs from the one before, until the campaign is over.

    No connection is held between two looks; a database that is away is waited for.
    """
    shown = found = first
    yield found
    while not is_over(found):
        await asyncio.sleep(EVERY)
        try:
            found = await look(db, campaign_id, prices=prices)
        except Unavailable:
            continue
        if found != shown:
            shown = found
            yield found


def name_of(found: Report) -> str:
    """The event's id: the same for the same report, in whichever process it is made."""
    return hashlib.sha256(found.model_dump_json().encode()).hexdigest()[: 2 * _BYTES]


def is_over(found: Report) -> bool:
    """Whether nothing more is queued or sent for this campaign."""
    return found.state in transitions.OVER
