"""The report equals a count of all rows, in even spans, at the same cost for a few people and for many."""

from __future__ import annotations

import sqlite3
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import event, select, text, update

from api.campaigns.reporting.report import _spans, report
from api.campaigns.reporting.schemas import Report
from api.outbox import transitions
from api.outbox.models import Body, Delivery
from api.outbox.transitions import StatusUpdate
from tests.campaigns.crowd import resident
from tests.campaigns.test_campaigns import NEWS, make, take
from tests.outbox.rows import deliveries
from tests.world import World

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
ENDS = ("sent", "delivered", "failed", "queued", "unsure", "cancelled")


async def launched(world: World, people: int) -> int:
    for number in range(people):
        where = {"language": ("fr", "ar", "zgh")[number % 3], "province": ("01.571", "01.511", None)[number % 3]}
        await resident(world, channels=("telegram",) if number % 4 == 0 else ("sms",), **where)
    campaign = await make(world, {**NEWS, "urgent": True})
    await take(world, campaign, "submit", "approve", "launch")
    rows = await deliveries(world, campaign)
    for minutes, (state, part) in enumerate(zip(ENDS, range(len(ENDS)), strict=True)):
        updates = [StatusUpdate(row.id, state, reason=f"r{row.id % 2}") for row in rows[part :: len(ENDS)]]
        async with world.db.transaction() as session:
            if state == "unsure":  # only deliveries being sent can become unsure
                unsure_ones = Delivery.id.in_([news.number for news in updates])
                await session.execute(update(Delivery).where(unsure_ones).values(state="sending"))
            await transitions.settle(session, updates, now=NOW + timedelta(minutes=7 * minutes))
    return campaign


async def look(world: World, campaign: int) -> Report:
    async with world.db.transaction() as session:
        return await report(session, campaign, prices=world.kit.rules.prices)


async def test_it_equals_a_count_of_all_rows(own_world: World) -> None:
    campaign = await launched(own_world, 25)
    await launched(own_world, 3)  # another campaign, which must not be counted
    result = await look(own_world, campaign)
    rows = await deliveries(own_world, campaign)
    async with own_world.db.transaction() as session:
        bodies = {body.id: body for body in await session.scalars(select(Body))}
    states = Counter(row.state for row in rows)
    assert (result.total, result.states) == (25, states)
    for group, key in (
        ("channel", lambda row: row.channel),
        ("language", lambda row: bodies[row.body_id].language),
        (
            "province",
            lambda row: {"01.571": "01.571 Tétouan", "01.511": "01.511 Tanger-Assilah", "": "—"}[row.province],
        ),
    ):
        brute: dict[str, Counter[str]] = {}
        for row in rows:
            brute.setdefault(key(row), Counter())[row.state] += 1
        assert result.by[group] == brute
    reasons = Counter(row.reason for row in rows if row.state in ("failed", "cancelled"))
    unsure = Counter(f"unsure: {row.reason}" for row in rows if row.state == "unsure")
    assert result.reasons == reasons | unsure
    arrived = sum((Counter(each.states) for each in result.arrivals), Counter[str]())
    assert arrived == Counter({state: count for state, count in states.items() if state != "queued"})
    assert [each.begins for each in result.arrivals] == sorted(each.begins for each in result.arrivals)


@given(
    st.lists(
        st.tuples(st.integers(0, 60 * 24 * 400), st.sampled_from(("sent", "delivered")), st.integers(1, 9)),
        min_size=1,
        max_size=80,
    )
)
@example([(4, "sent", 1), (303, "sent", 1)])  # within five hours, yet in 61 spans of five minutes
@example([(0, "sent", 1), (60 * 24 * 70, "sent", 1)])
def test_spans_are_even_few_and_lose_nothing(counts: list[tuple[int, str, int]]) -> None:
    rows = [(NOW + timedelta(minutes=minute), state, count) for minute, state, count in sorted(counts)]
    spans = _spans(rows)
    assert len({each.minutes for each in spans}) == 1
    length = timedelta(minutes=spans[0].minutes)
    begins = [each.begins for each in spans]
    assert begins[-1] - begins[0] < 60 * length
    assert all((begin - begins[0]) % length == timedelta() for begin in begins)
    for each in spans:
        inside = Counter[str]()
        for minute, state, count in rows:
            if each.begins <= minute < each.begins + length:
                inside[state] += count
        assert each.states == inside


async def test_it_costs_the_same_for_few_and_for_many(own_world: World) -> None:
    """The same number of statements and of rows read: deliveries are not read."""
    few = await cost(own_world, await delivered(own_world, 3))
    many = await cost(own_world, await delivered(own_world, 150))
    assert many[0] == few[0] <= 6
    assert many[1] <= few[1] + 20


async def delivered(world: World, more: int) -> int:
    """A campaign to this many more people than before, all of whom have it."""
    for _ in range(more):
        await resident(world)
    campaign = await make(world, {**NEWS, "urgent": True})
    await take(world, campaign, "submit", "approve", "launch")
    numbers = [row.id for row in await deliveries(world, campaign)]
    async with world.db.transaction() as session:
        await transitions.settle(session, [StatusUpdate(number, "delivered") for number in numbers], now=NOW)
    return campaign


async def cost(world: World, campaign: int) -> tuple[int, int]:
    """The number of statements, and of rows read (steps of the virtual machine on SQLite)."""
    statements: list[str] = []
    async with world.db.transaction() as session:
        connection = await session.connection()
        event.listen(connection.sync_connection, "before_cursor_execute", lambda *args: statements.append(args[2]))
        if world.settings.database_url.startswith("sqlite"):
            steps = await _steps(connection)
            await report(session, campaign, prices=world.kit.rules.prices)
            return len(statements), steps()
        await session.execute(text("SET LOCAL enable_seqscan = off"))  # as with many rows
        await session.execute(text("ANALYZE deliveries"))
        read = text("SELECT sum(seq_tup_read + coalesce(idx_tup_fetch, 0)) FROM pg_stat_xact_user_tables")
        before = await session.scalar(read) or 0
        statements.clear()
        await report(session, campaign, prices=world.kit.rules.prices)
        return len(statements), int((await session.scalar(read) or 0) - before)


async def _steps(connection: Any) -> Any:
    """Count the steps of SQLite's virtual machine from now on."""
    raw = await connection.get_raw_connection()
    driver: sqlite3.Connection = raw.driver_connection._conn
    count = Counter[str]()

    def step() -> int:
        count["steps"] += 1
        return 0

    driver.set_progress_handler(step, 1)

    def stop() -> int:
        driver.set_progress_handler(None, 1)
        return count["steps"]

    return stop
