"""Upgrading a database with people and messages to roads and tallies loses nothing and counts everything."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import TextClause, text

from api.db import Database
from sawt.migrate import migrate
from tests.databases import PostgresDatabases, SqliteDatabases
from tests.upgrading import undo

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
STATES = ("queued", "sending", "sent", "delivered", "failed", "expired", "cancelled", "unsure")
PEOPLE = """INSERT INTO residents (id, state, language, latin, province, joined_at) VALUES
 (:id, 'active', 'fr', :latin, :province, :now)"""
ADDRESSES = """INSERT INTO addresses (id, resident_id, channel, provider, blind_index, sealed, state) VALUES
 (:id, :id, :channel, :provider, :blind, :blind, 'active')"""
CONVERSATIONS = """INSERT INTO conversations
 (address_id, step, position, offered, misses, hour, heard, switch_offered) VALUES
 (:id, 'home', 0, '[]', 0, :now, 0, :latin)"""
BODIES = """INSERT INTO bodies (id, campaign_id, channel, language, latin, text, choices) VALUES
 (1, 7, 'sms', 'fr', :latin, 'bonjour', '[]')"""
CAMPAIGNS = """INSERT INTO campaigns (id, name, purpose, audience, urgent, state, author, launched_at) VALUES
 (7, 'News', 'inform', '{}', :latin, 'running', 'amina', :now)"""
GATES = "INSERT INTO gates (campaign_id, opens_at) VALUES (7, :now)"
LANES = "INSERT INTO lanes (road, per_second, next_slot, tried, failed) VALUES ('sms', 1, :now, 0, 0)"
DELIVERIES = """INSERT INTO deliveries
 (id, channel, address_id, resident_id, priority, state, campaign_id, body_id, due_at, attempts, reason, created_at)
 VALUES (:id, :channel, :id, :id, :priority, :state, :campaign, :body, :now, 0, :reason, :now)"""


def statement(sql: str) -> TextClause:
    return text(sql)


@pytest.fixture
async def old(databases: SqliteDatabases | PostgresDatabases) -> AsyncIterator[Database]:
    """An old database: two SMS campaign deliveries in each state, and one Telegram reply."""
    db = Database(await databases.empty())
    await migrate(db, "0004")
    async with db.engine.begin() as connection:
        fixed = {"now": moment(db), "latin": False}
        for sql in (BODIES, CAMPAIGNS, GATES, LANES):
            named = {name: value for name, value in fixed.items() if f":{name}" in sql}
            await connection.execute(statement(sql), named)
        for number in range(1, 2 * len(STATES) + 2):
            reply = number > 2 * len(STATES)
            channel, provider = ("telegram", "telegram") if reply else ("sms", "twilio" if number % 3 else "kannel")
            state = "queued" if reply else STATES[number % len(STATES)]
            values = {**fixed, "id": number, "province": "01.571" if number % 5 else None, "channel": channel}
            values |= {"provider": provider, "blind": bytes([number]), "state": state, "priority": 0 if reply else 2}
            values |= {"campaign": None if reply else 7, "body": None if reply else 1, "reason": reason(state)}
            for sql in (PEOPLE, ADDRESSES, CONVERSATIONS, DELIVERIES):
                named = {name: value for name, value in values.items() if f":{name}" in sql}
                await connection.execute(statement(sql), named)
    yield db
    await db.close()


def moment(db: Database) -> datetime | str:
    return "2026-11-24 10:00:00.000000" if db.engine.dialect.name == "sqlite" else NOW


def reason(state: str) -> str | None:
    return {"failed": "30003", "cancelled": "stopped", "unsure": "lease"}.get(state)


async def rows(db: Database, sql: str) -> list[tuple[object, ...]]:
    async with db.engine.connect() as connection:
        return [tuple(row) for row in await connection.execute(statement(sql))]


async def test_every_row_is_kept_and_takes_the_road_of_its_address(old: Database) -> None:
    before = await rows(old, "SELECT id, state, reason, attempts, body_id FROM deliveries ORDER BY id")
    providers = await rows(old, "SELECT id, provider FROM addresses ORDER BY id")
    await migrate(old)
    assert await rows(old, "SELECT id, state, reason, attempts, body_id FROM deliveries ORDER BY id") == before
    assert await rows(old, "SELECT id, road FROM addresses ORDER BY id") == providers
    assert await rows(old, "SELECT id, road FROM deliveries ORDER BY id") == providers
    assert await rows(old, "SELECT count(*) FROM conversations") == [(len(before),)]
    assert await rows(old, "SELECT DISTINCT parts, purpose FROM bodies") == [(1, "")]
    assert await rows(old, "SELECT rank FROM gates") == [(1,)]
    assert await rows(old, "SELECT count(*) FROM lanes") == [(0,)]  # created again, with the names of roads


async def test_all_that_a_campaign_queued_is_counted_as_it_stands(old: Database) -> None:
    await migrate(old)
    counts = await rows(old, "SELECT state, reason, province, count FROM tallies WHERE campaign_id = 7 AND body_id = 1")
    brute = await rows(
        old,
        "SELECT CASE state WHEN 'sending' THEN 'queued' ELSE state END,"
        " CASE WHEN state = 'unsure' THEN '' ELSE coalesce(reason, '') END,"
        " province, count(*) FROM deliveries WHERE campaign_id IS NOT NULL GROUP BY 1, 2, 3",
    )
    assert sorted(counts, key=str) == sorted(brute, key=str)
    totals: dict[object, int] = {}
    for state, _, _, count in counts:
        totals[state] = totals.get(state, 0) + int(str(count))
    assert totals == {state: 4 if state == "queued" else 2 for state in STATES if state != "sending"}
    assert {province for _, _, province, _ in counts} == {"", "01.571"}
    assert await rows(old, "SELECT count(*) FROM tallies WHERE campaign_id <> 7") == [(0,)]  # replies are not counted


async def test_it_can_be_undone_with_rows_in_it(old: Database) -> None:
    before = await rows(old, "SELECT id, provider FROM addresses ORDER BY id")
    await migrate(old)
    await undo(old, "0004")
    assert await rows(old, "SELECT id, provider FROM addresses ORDER BY id") == before
    assert await rows(old, "SELECT count(*) FROM deliveries") == [(len(before),)]


async def test_ballots_that_were_there_before_merging_stay_as_they_were(
    databases: SqliteDatabases | PostgresDatabases,
) -> None:
    db = Database(await databases.empty())
    await migrate(db, "0010")
    async with db.transaction() as session:
        now = {"now": NOW.replace(tzinfo=None) if session.get_bind().dialect.name == "sqlite" else NOW}
        await session.execute(
            statement(
                "INSERT INTO consultations (id, code, title, state, revision, secret, created_at)"
                " VALUES (1, 'plan', '{}', 'open', 1, :secret, :now)"
            ),
            {**now, "secret": b"s"},
        )
        await session.execute(
            statement(
                "INSERT INTO ballots (id, consultation_id, voter, receipt, channel, language, complete, cast_on)"
                " VALUES (5, 1, :voter, 'ABCD2345', 'sms', 'fr', :yes, :day)"
            ),
            {"voter": b"v", "yes": True, "day": NOW.date()},
        )
    await migrate(db)
    async with db.transaction() as session:
        rows = (await session.execute(statement("SELECT receipt, voter, changed_at FROM ballots"))).all()
        ballots = [(receipt, bytes(voter), changed) for receipt, voter, changed in rows]
    await db.close()
    assert ballots == [("ABCD2345", b"v", None)]
