"""Merged residents keep one seat at a meeting, the better one; after the merge is undone, both are registered again."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from api.actors import Action
from api.meetings import seats
from api.meetings.models import Meeting, Registration
from api.residents.models import Resident
from api.workflows import residents
from tests.campaigns.crowd import resident
from tests.meetings.planned import by_day, clock, planned, register, registered
from tests.world import KEYRING, World


async def merge(world: World, one: int, other: int) -> None:
    async with world.db.transaction() as session:
        both = [await session.get_one(Resident, each) for each in (one, other)]
        how = {"how": "contact", "channel": "telegram", "keyring": KEYRING, "now": world.now()}
        await residents.merge_residents(session, one=both[0], other=both[1], **how)  # type: ignore[arg-type]


async def unmerge(world: World) -> None:
    async with world.db.transaction() as session:
        await residents.undo_merge(session, 1, action=Action("amina", world.now()), keyring=KEYRING)


@pytest.mark.parametrize("first", ["kept", "gone"])
async def test_they_keep_the_better_place_and_the_other_is_passed_on(quiet_world: World, first: str) -> None:
    number = await planned(quiet_world, seats=1)
    kept, gone, third = [await resident(quiet_world) for _ in range(3)]
    for who in (kept, gone) if first == "kept" else (gone, kept):
        await register(quiet_world, number, who)
    await register(quiet_world, number, third)
    before = await registered(quiet_world, number)
    await merge(quiet_world, kept, gone)
    assert sorted(await registered(quiet_world, number)) == [(kept, "seat"), (third, "waiting")]
    await unmerge(quiet_world)
    assert await registered(quiet_world, number) == before


async def test_their_second_seat_is_passed_on_and_not_taken_back(quiet_world: World) -> None:
    number = await planned(quiet_world, seats=2)
    kept, gone, third = [await resident(quiet_world) for _ in range(3)]
    for who in (kept, gone, third):
        await register(quiet_world, number, who)
    await merge(quiet_world, kept, gone)
    await by_day(quiet_world)
    await clock(quiet_world)
    assert await registered(quiet_world, number) == [(kept, "seat"), (third, "seat")]
    await unmerge(quiet_world)
    assert await registered(quiet_world, number) == [(kept, "seat"), (gone, "waiting"), (third, "seat")]
    async with quiet_world.db.transaction() as session:
        assert (await session.get_one(Meeting, number)).seats == 2


async def test_a_merge_is_undone_even_if_somebody_registered_meanwhile(quiet_world: World) -> None:
    number = await planned(quiet_world)
    kept, gone, third = [await resident(quiet_world) for _ in range(3)]
    for who in (kept, gone):
        await register(quiet_world, number, who)
    await merge(quiet_world, kept, gone)
    await register(quiet_world, number, third)
    await unmerge(quiet_world)
    assert sorted(await registered(quiet_world, number)) == [(kept, "seat"), (gone, "seat"), (third, "seat")]


async def test_if_both_wait_the_earlier_place_counts(quiet_world: World) -> None:
    number = await planned(quiet_world, seats=1)
    first, kept, gone, third = [await resident(quiet_world) for _ in range(4)]
    for who in (first, gone, third, kept, await resident(quiet_world)):
        await register(quiet_world, number, who)
    before = await registered(quiet_world, number)
    await merge(quiet_world, kept, gone)
    assert (await registered(quiet_world, number))[:3] == [(first, "seat"), (kept, "waiting"), (third, "waiting")]
    await unmerge(quiet_world)
    assert await registered(quiet_world, number) == before


async def test_registrations_since_the_merge_stay_with_the_merged_resident(quiet_world: World) -> None:
    first, second = await planned(quiet_world), await planned(quiet_world, "larache")
    kept, gone = [await resident(quiet_world) for _ in range(2)]
    await register(quiet_world, first, gone)
    await merge(quiet_world, kept, gone)
    async with quiet_world.db.transaction() as session:
        row = await seats.lock(session, first)
        assert row is not None
        assert await seats.withdraw(session, row, resident_id=kept)
    await register(quiet_world, second, kept)  # the newest row was deleted: SQLite would use its id again
    await unmerge(quiet_world)
    assert await registered(quiet_world, first) == []
    assert await registered(quiet_world, second) == [(kept, "seat")]


@pytest.mark.parametrize(
    ("kept_came", "gone_came", "either"), [(False, None, False), (None, False, False), (False, True, True)]
)
async def test_a_recorded_absence_stays_recorded(
    quiet_world: World, kept_came: bool | None, gone_came: bool | None, either: bool
) -> None:
    number = await planned(quiet_world)
    kept, gone = [await resident(quiet_world) for _ in range(2)]
    for who, came in ((kept, kept_came), (gone, gone_came)):
        await register(quiet_world, number, who)
        async with quiet_world.db.transaction() as session:
            await session.execute(update(Registration).where(Registration.resident_id == who).values(came=came))
    await merge(quiet_world, kept, gone)
    async with quiet_world.db.transaction() as session:
        assert (await session.scalars(select(Registration.came))).all() == [either]
