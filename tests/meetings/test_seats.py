"""Seats at a meeting stay exact however many people register and leave at once, on both databases."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy import CTE, Insert, Select, func, insert, literal, select

from api.db import Base
from api.errors import Conflict
from api.meetings import seats, service
from api.meetings.models import Meeting, Registration
from api.outbox.models import Delivery
from api.residents import service as residents
from api.residents.models import Resident
from tests.campaigns.crowd import resident
from tests.consultations import words
from tests.meetings.planned import by_day, clock, planned, register, registered
from tests.world import World


async def leave(world: World, number: int, who: int) -> None:
    async with world.db.transaction() as session:
        row = await seats.lock(session, number)
        assert row is not None
        await seats.withdraw(session, row, resident_id=who)
        await seats.move_up(session, row)


async def test_no_seat_is_given_twice_to_simultaneous_registrations(quiet_world: World) -> None:
    number = await planned(quiet_world, seats=7)
    people = [await resident(quiet_world) for _ in range(20)]
    states = await asyncio.gather(*(register(quiet_world, number, who) for who in people))
    assert sorted(states) == ["seat"] * 7 + ["waiting"] * 13
    rows = await registered(quiet_world, number)
    assert [state for _, state in rows] == ["seat"] * 7 + ["waiting"] * 13


async def test_seats_that_become_free_at_once_go_to_those_who_waited_longest(quiet_world: World) -> None:
    number = await planned(quiet_world, seats=5)
    people = [await resident(quiet_world) for _ in range(16)]
    for who in people[:12]:
        await register(quiet_world, number, who)
    leaving = [*people[1:4], people[6]]
    await asyncio.gather(
        *(leave(quiet_world, number, who) for who in leaving),
        *(register(quiet_world, number, who) for who in people[12:]),
    )
    rows = await registered(quiet_world, number)
    assert [who for who, state in rows if state == "seat"] == [people[0], people[4], people[5], people[7], people[8]]
    assert len(rows) == 12


async def test_registering_twice_keeps_the_first_place(quiet_world: World) -> None:
    number, who = await planned(quiet_world), await resident(quiet_world)
    assert await asyncio.gather(*(register(quiet_world, number, who) for _ in range(3))) == ["seat"] * 3
    assert await registered(quiet_world, number) == [(who, "seat")]


async def test_a_free_seat_is_not_taken_before_those_who_wait(quiet_world: World) -> None:
    number = await planned(quiet_world, seats=1)
    first, second, third = [await resident(quiet_world) for _ in range(3)]
    await register(quiet_world, number, first)
    await register(quiet_world, number, second)
    async with quiet_world.db.transaction() as session:
        row = await seats.lock(session, number)
        assert row is not None
        await seats.withdraw(session, row, resident_id=first)
    assert await register(quiet_world, number, third) == "waiting"


async def test_no_seat_is_given_to_those_who_stopped_and_would_not_know(quiet_world: World) -> None:
    number = await planned(quiet_world, seats=1)
    first, second, third = [await resident(quiet_world) for _ in range(3)]
    for who in (first, second, third):
        await register(quiet_world, number, who)
    async with quiet_world.db.transaction() as session:
        row = await seats.lock(session, number)
        assert row is not None
        await seats.withdraw(session, row, resident_id=first)
        (await session.get_one(Resident, second)).state = residents.STOPPED
    await by_day(quiet_world)
    await clock(quiet_world)
    assert await registered(quiet_world, number) == [(second, "waiting"), (third, "seat")]
    async with quiet_world.db.transaction() as session:
        await seats.resize(session, "tanger", seats=2, who="amina", now=quiet_world.now())
    assert await register(quiet_world, number, first) == "seat"  # nobody who can be told waits before them


async def test_a_seat_that_becomes_free_at_night_is_passed_on_in_the_morning(quiet_world: World) -> None:
    number = await planned(quiet_world, seats=1)
    first, second, third = [await resident(quiet_world) for _ in range(3)]
    await register(quiet_world, number, first)
    await register(quiet_world, number, second)
    while quiet_world.kit.rules.hours.open_at(quiet_world.now()):
        quiet_world.now.advance(hours=1)
    async with quiet_world.db.transaction() as session:
        row = await seats.lock(session, number)
        assert row is not None
        await seats.withdraw(session, row, resident_id=first)
    await clock(quiet_world)
    assert await register(quiet_world, number, third) == "waiting"
    assert [state for _, state in await registered(quiet_world, number)] == ["waiting", "waiting"]
    await by_day(quiet_world)
    await clock(quiet_world)
    assert await registered(quiet_world, number) == [(second, "seat"), (third, "waiting")]


async def test_new_seats_go_to_those_who_wait(quiet_world: World) -> None:
    number = await planned(quiet_world, seats=1)
    people = [await resident(quiet_world) for _ in range(4)]
    for who in people:
        await register(quiet_world, number, who)
    async with quiet_world.db.transaction() as session:
        row = await seats.resize(session, "tanger", seats=3, who="amina", now=quiet_world.now())
        assert await seats.move_up(session, row) == people[1:3]


@pytest.mark.parametrize("state", ["cancelled", "over"])
async def test_nobody_registers_for_a_meeting_that_is_cancelled_or_over(quiet_world: World, state: str) -> None:
    number, who = await planned(quiet_world), await resident(quiet_world)
    if state == "over":
        quiet_world.now.advance(days=11)
    else:
        async with quiet_world.db.transaction() as session:
            await service.mark_cancelled(session, "tanger", who="amina", now=quiet_world.now())
    with pytest.raises(Conflict):
        await register(quiet_world, number, who)


async def test_a_stadium_is_reminded_and_asked_too(quiet_world: World) -> None:
    """On PostgreSQL a statement can have up to 32,767 parameters; only one of these people has an address."""
    many, number = 33_000, await planned(quiet_world, days=1, seats=40_000)
    who = await resident(quiet_world)
    crowd = _numbers(who + 1, who + many - 1)
    same = {"state": "active", "language": "fr", "latin": False, "joined_at": quiet_world.now()}
    seat = {"meeting_id": number, "state": "seat", "since": quiet_world.now(), "asked": False, "judged": False}
    async with quiet_world.db.transaction() as session:
        await session.execute(insert(Registration), {**seat, "resident_id": who})
        await session.execute(_of_each(Resident, "id", crowd, same))
        await session.execute(_of_each(Registration, "resident_id", crowd, seat))
    reminders = select(func.count()).where(Delivery.resident_id == who)
    await by_day(quiet_world)
    await until(quiet_world, reminders)
    quiet_world.now.advance(days=2)
    async with quiet_world.db.transaction() as session:
        row = await session.get_one(Meeting, number)
        row.state, row.minutes = service.HELD, words("water")
    await by_day(quiet_world)
    await until(quiet_world, select(func.count()).where(Registration.asked))


def _numbers(first: int, last: int) -> CTE:
    """The numbers from the first to the last, made by the database."""
    numbers = select(literal(first).label("number")).cte(recursive=True)
    return numbers.union_all(select(numbers.c.number + 1).where(numbers.c.number < last))


def _of_each(table: type[Base], key: str, numbers: CTE, values: dict[str, Any]) -> Insert:
    """Insert a row of these values for each number, which is the value of `key`."""
    typed = [literal(value, table.__table__.c[name].type) for name, value in values.items()]
    return insert(table).from_select([key, *values], select(numbers.c.number, *typed))


async def until(world: World, count: Select[int]) -> None:
    """Run the scheduled jobs until the count is not zero: the service's own scheduler may be at it already."""
    async with asyncio.timeout(120):  # for a busy machine
        while True:
            await clock(world)
            async with world.db.transaction() as session:
                if await session.scalar(count):
                    return
