"""Acts are written in the transaction that does them, in one chain, and the database refuses to change them."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from api import actors, audit
from api.audit import service
from api.audit.models import Act, Checkpoint
from api.db import Database
from api.pagination import PageRequest
from tests.api.office import call
from tests.record_tools import unprotected
from tests.world import World


class Undone(Exception):
    """Rolls a transaction back."""


async def noted(world: World, act: str = "show", **fields: Any) -> None:
    async with world.db.transaction() as session:
        await audit.note(session, **{"who": "amina", "act": act, "subject": "resident 1", "now": world.now(), **fields})


async def acts(world: World) -> list[Act]:
    async with world.db.viewing() as session:
        return list(await session.scalars(select(Act).order_by(Act.seq)))


async def test_acts_are_one_chain_and_know_where_they_come_from(quiet_world: World) -> None:
    before = len(await acts(quiet_world))
    async with quiet_world.db.transaction() as session:
        for number in range(2):
            about = {"subject": f"resident {number}", "now": quiet_world.now()}
            await audit.note(session, who="amina", act="erase", reason="asked", **about)
        await audit.note(
            session, who=actors.CLOCK, act="opened", old={"state": "draft"}, new={"state": "open"}, **about
        )
    await noted(quiet_world, via="console")
    found = await acts(quiet_world)
    assert [each.seq for each in found] == [*range(1, len(found) + 1)]
    assert [each.via for each in found[before:]] == ["api", "api", "clock", "console"]
    assert (found[-2].old, found[-2].new, found[before].reason) == ({"state": "draft"}, {"state": "open"}, "asked")
    assert await service.verify_all(quiet_world.db) == service.Position(len(found), found[-1].hash)


async def test_what_is_rolled_back_leaves_no_act_and_no_gap(quiet_world: World) -> None:
    before = len(await acts(quiet_world))
    with suppress(Undone):
        async with quiet_world.db.transaction() as session:
            await audit.note(session, who="amina", act="erase", subject="resident 1", now=quiet_world.now())
            raise Undone
    async with quiet_world.db.transaction() as session:
        await audit.note(session, who="amina", act="kept", subject="resident 1", now=quiet_world.now())
        with suppress(Undone):
            async with session.begin_nested():
                await audit.note(session, who="amina", act="undone", subject="resident 1", now=quiet_world.now())
                raise Undone
        async with session.begin_nested():
            await audit.note(session, who="amina", act="nested", subject="resident 1", now=quiet_world.now())
    assert [each.act for each in (await acts(quiet_world))[before:]] == ["kept", "nested"]
    await service.verify_all(quiet_world.db)


async def test_acts_can_be_read_in_their_own_transaction(quiet_world: World) -> None:
    async with quiet_world.db.transaction() as session:
        await audit.note(session, who="amina", act="one", subject="x 1", now=quiet_world.now())
        assert [each.act for each in (await audit.listed(session, subject="x 1")).items] == ["one"]
        await audit.note(session, who="amina", act="two", subject="x 1", now=quiet_world.now())
    async with quiet_world.db.viewing() as session:
        found = (await service.listed(session, PageRequest(), service.Filters(kind="x"))).items
    assert [each.act for each in found] == ["two", "one"]


@pytest.mark.parametrize("table", ["acts", "checkpoints"])
async def test_the_database_refuses_to_change_rows(quiet_world: World, table: str) -> None:
    await noted(quiet_world)
    async with quiet_world.db.transaction() as session:
        point = {"seq": 1, "head": "0" * 64, "at": quiet_world.now(), "origin": "x", "key": "k", "signature": "s"}
        session.add(Checkpoint(**point))
    tried = [f"UPDATE {table} SET seq = seq + 100", f"DELETE FROM {table} WHERE seq = 1"]
    sqlite = quiet_world.db.engine.dialect.name == "sqlite"
    tried.append(f"REPLACE INTO {table} SELECT * FROM {table}" if sqlite else f"TRUNCATE {table}")
    for statement in tried:
        with pytest.raises(DBAPIError, match="never changed"):
            await executed(quiet_world.db, statement)


@pytest.mark.parametrize("moment", ["0.5", "1764500000", "-1", "+2", "tomorrow", "2026-12-01T10:00"])
async def test_a_filter_takes_a_time_with_its_zone_only(quiet_world: World, moment: str) -> None:
    for name in ("since", "until"):
        answer = await call(quiet_world, "GET", "/v1/record", params={name: moment})
        assert answer.status_code == 422, answer.text
        right = await call(quiet_world, "GET", "/v1/record", params={name: "2026-12-01T10:00Z"})
        assert right.status_code == 200


CHANGES = {  # what an intruder with the database's rights does, and the row that is named
    "UPDATE acts SET who = 'idir' WHERE seq = 2": 2,
    "UPDATE acts SET at = (SELECT at FROM acts WHERE seq = 1) WHERE seq = 4": 4,
    "DELETE FROM acts WHERE seq = 3": 3,
    "DELETE FROM acts WHERE seq >= 4": 4,
    "UPDATE acts SET seq = 99 WHERE seq = 1": 1,
}


@pytest.mark.parametrize(("statement", "first"), CHANGES.items())
async def test_what_was_changed_past_the_triggers_is_found(quiet_world: World, statement: str, first: int) -> None:
    for _ in range(5):
        quiet_world.now.advance(minutes=1)
        await noted(quiet_world)
    assert (await service.verify_all(quiet_world.db)).seq >= 5
    async with quiet_world.db.transaction() as session, unprotected(session):
        await session.execute(text(statement))
    with pytest.raises(service.Broken) as found:
        await service.verify_all(quiet_world.db)
    assert found.value.seq == first


async def executed(db: Database, statement: str) -> None:
    async with db.engine.begin() as connection:
        await connection.execute(text(statement))
