"""Upgrading a database that stored instants keeps the announced times, whatever the zone data say now."""

from __future__ import annotations

import zoneinfo
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from api import clock
from api.campaigns.models import Campaign
from api.consultations.models import Consultation
from api.db import Database
from api.meetings.models import Meeting
from api.wall_time import wall
from sawt.migrate import migrate
from tests import zones
from tests.databases import PostgresDatabases, SqliteDatabases
from tests.upgrading import fill, undo

BEFORE = "0025"
CREATED = datetime(2026, 11, 24, 10, tzinfo=UTC)
TEN, TWELVE = (datetime(2026, 12, 3, hour, tzinfo=UTC) for hour in (9, 11))  # by zone data older than 2026c
TOLD = (datetime.fromisoformat("2026-12-03T10:00"), datetime.fromisoformat("2026-12-03T12:00"))


@pytest.fixture(params=[zones.tzif(1), zones.tzif(0)], ids=["old system", "new system"])
def hours(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[int]:
    """A system with old or new zone data, which Sawt used; yields by how many hours announced times were later."""
    file = tmp_path / clock.ZONE
    file.parent.mkdir()
    file.write_bytes(request.param)
    zoneinfo.reset_tzpath(to=[tmp_path])
    zoneinfo.ZoneInfo.clear_cache()
    yield 1 if request.param == zones.tzif(1) else 0
    zoneinfo.reset_tzpath()
    zoneinfo.ZoneInfo.clear_cache()


async def instants(db: Database) -> list[tuple[Any, ...]]:
    """The raw values of the columns."""
    async with db.transaction() as session:
        return [
            tuple((await session.execute(text(f"SELECT {columns} FROM {table} ORDER BY id"))).all())
            for table, columns in (
                ("consultations", "opens_at, closes_at, created_at"),
                ("meetings", "starts_at, ends_at, reminded_at"),
                ("campaigns", "scheduled_for, expires_at, launched_at"),
            )
        ]


async def test_what_was_told_stays_and_what_is_past_is_not_touched(
    databases: SqliteDatabases | PostgresDatabases, hours: int
) -> None:
    db = Database(await databases.empty())
    await migrate(db, BEFORE)
    columns = {"code": "later", "title": {}, "state": "draft", "revision": 1, "invited_only": False}
    await fill(
        db,
        consultations={"id": 1, **columns, "created_at": CREATED, "opens_at": TEN, "closes_at": TWELVE},
        meetings={"id": 1, "code": "tanger", "title": {}, "place": {}, "starts_at": TEN, "ends_at": TWELVE, "seats": 1,
                  "province": "01.511", "languages": [], "state": "planned", "agreed": 0, "disagreed": 0,
                  "reminded_at": CREATED},
        campaigns={"id": 1, "name": "n", "purpose": "inform", "audience": {}, "urgent": False, "state": "scheduled",
                   "author": "a", "tried": 0, "failed": 0, "scheduled_for": TEN, "expires_at": None,
                   "launched_at": CREATED},
    )  # fmt: skip
    await fill(db, consultations={"id": 2, **columns, "code": "never", "created_at": CREATED})
    before = await instants(db)
    await migrate(db)
    told = tuple(each.replace(hour=each.hour - 1 + hours) for each in TOLD)
    async with db.transaction() as session:
        consultation, unset = await session.scalars(select(Consultation).order_by(Consultation.id))
        meeting = await session.get_one(Meeting, 1)
        campaign = await session.get_one(Campaign, 1)
    assert (wall(consultation.opens_at), wall(consultation.closes_at)) == told
    assert (wall(meeting.starts_at), wall(meeting.ends_at)) == told
    assert (wall(campaign.scheduled_for), campaign.expires_at) == (told[0], None)
    assert (unset.opens_at, unset.closes_at) == (None, None)
    assert {consultation.created_at, meeting.reminded_at, campaign.launched_at} == {CREATED}
    await undo(db, BEFORE)
    assert await instants(db) == before
    await db.close()
