"""Queued deliveries, written straight into the database in any number."""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert

from api.clock import now
from api.db import Database
from api.outbox.models import Body, Delivery
from api.outbox.write.replies import NOTICE
from api.residents.models import Address, Resident
from api.runtime.wakeups import OUTBOX, wake
from api.security.crypto import Keyring


async def queue(
    db: Database,
    keyring: Keyring,
    *,
    count: int,
    channel: str = "sms",
    road: str = "twilio",
    text: str = "news",
    campaign: int | None = None,
) -> None:
    """Write `count` residents, each with an address and a queued delivery, of a campaign if one is named."""
    at, people = now(), range(1, count + 1)
    residents = [{"id": n, "state": "active", "language": "fr", "latin": False, "joined_at": at} for n in people]
    addresses = [
        {
            "id": n, "resident_id": n, "channel": channel, "road": road, "state": "active",
            "blind_index": keyring.blind_index(channel, str(n)),
            "sealed": keyring.encipher(f"+2126000{n:05d}", purpose="address"),
        }
        for n in people
    ]  # fmt: skip
    deliveries = [
        {
            "channel": channel, "road": road, "address_id": n, "resident_id": n, "priority": NOTICE, "state": "queued",
            "body_id": 1, "campaign_id": campaign, "province": "", "due_at": at, "created_at": at, "attempts": 0,
        }
        for n in people
    ]  # fmt: skip
    body = {"id": 1, "campaign_id": 1, "channel": channel, "language": "fr", "latin": False, "text": text}
    await _write(db, ((Resident, residents), (Body, [{**body, "choices": []}])))
    await _write(db, ((Address, addresses), (Delivery, deliveries)))


async def _write(db: Database, tables: Any) -> None:
    async with db.transaction() as session:
        for table, rows in tables:
            for some in _slices(rows):
                await session.execute(insert(table), some)
        wake(session, OUTBOX)  # as a launch does: otherwise deliverers check every half minute


def _slices(rows: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    return [rows[start : start + 2000] for start in range(0, len(rows), 2000)]
