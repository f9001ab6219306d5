"""A vote is published once nothing ties its ballots to people, whatever interrupts closing."""

from __future__ import annotations

import asyncio
import signal
import sys
from contextlib import AsyncExitStack, suppress
from datetime import timedelta

from sqlalchemy import select, text

from api.background import after_closing, schedule
from api.consultations import lifecycle
from api.consultations.models import Ballot, Consultation
from api.errors import Unavailable
from api.security.vault import Vault
from tests.api.office import CONSULTATIONS, call
from tests.ballots import stuff
from tests.direct import DirectPerson
from tests.world import KEYS, World

LIST = "/consultations/plan/receipts.txt"
# Closes a vote in another process, and kills it just before the key is overwritten.
DYING = """
import asyncio, os, signal
from api.background import after_closing as cleaning
from api.clock import now
from api.consultations import lifecycle as lifetime
from api.security.vault import Vault
from sawt.settings import configured
from sawt.vault import database
Vault.destroy = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
async def main():
    db = database(configured())
    async with db.transaction() as session:
        await lifetime.close_ballots(session, "plan", who="amina", now=now())
    await cleaning.clean(db, now=now())
asyncio.run(main())
"""


async def keys(world: World) -> list[bytes]:
    """The keys in the vault of the one consultation, if their name is still known."""
    async with world.db.transaction() as session:
        name = await session.scalar(select(Consultation.key_name))
    return [] if name is None else Vault(world.settings.vault).keys(name)


async def published(world: World) -> bool:
    """Whether the list is published; also checks that no page says so earlier."""
    listed = (await world.http.get(LIST)).status_code == 200
    async with world.db.transaction() as session:
        receipt = await session.scalar(select(Ballot.receipt).limit(1))
    page = (await world.http.get("/receipts", params={"receipt": receipt})).text
    home = (await world.http.get("/")).text
    assert (f"{LIST[:-4]}" in home) is listed
    assert ("<p>1. " in page) is listed  # the choices
    return listed


async def ballots(world: World) -> None:
    await stuff(world, [("01.571", "sms", False, (0, 0))] * 3)


async def close_only(world: World) -> None:
    """Close it, without the cleaning that follows."""
    async with world.db.transaction() as session:
        await lifecycle.close_ballots(session, "plan", who="amina", now=world.now())


async def run_due(world: World) -> None:
    """Run the scheduler once."""
    await schedule.scheduler(world.kit, world.service.means).once()


async def test_a_service_killed_before_the_key_is_gone_is_made_up_for(quiet_world: World) -> None:
    await ballots(quiet_world)
    dying = await asyncio.create_subprocess_exec(
        sys.executable, "-c", DYING,
        env={"SAWT_DATABASE_URL": quiet_world.settings.database_url, "SAWT_KEYS": KEYS,
             "SAWT_VAULT": str(quiet_world.settings.vault[0])},
    )  # fmt: skip
    assert await dying.wait() == -signal.SIGKILL
    assert len(await keys(quiet_world)) == 1
    assert not await published(quiet_world)
    await run_due(quiet_world)
    assert await published(quiet_world)
    assert await keys(quiet_world) == []
    assert list(Vault(quiet_world.settings.vault).faults()) == []


async def test_the_door_of_staff_answers_once_it_is_published(quiet_world: World) -> None:
    await ballots(quiet_world)
    closed = (await call(quiet_world, "POST", f"{CONSULTATIONS}/plan/close")).json()
    assert (closed["state"], closed["cleaned_at"] is None) == ("closed", False)
    assert await published(quiet_world)


async def test_a_reader_that_holds_the_past_holds_back_the_list(quiet_world: World) -> None:
    """A running backup: what it can still see cannot be removed."""
    await ballots(quiet_world)
    await close_only(quiet_world)
    async with AsyncExitStack() as stack:
        await _read_elsewhere(quiet_world, stack)
        with suppress(Unavailable):
            assert not await after_closing.clean(quiet_world.db, now=quiet_world.now())
        assert not await published(quiet_world)
    await run_due(quiet_world)
    assert await published(quiet_world)


async def _read_elsewhere(world: World, stack: AsyncExitStack) -> None:
    """Another process in the middle of reading ballots."""
    other = type(world.db)(world.settings.database_url)
    stack.push_async_callback(other.close)
    connection = await stack.enter_async_context(other.engine.connect())
    if other.engine.dialect.name == "sqlite":
        connection = await connection.execution_options(sawt_reads=True)
        await connection.exec_driver_sql("BEGIN")
    await connection.execute(text("SELECT count(*) FROM ballots"))


async def test_a_reply_under_way_is_waited_for_but_not_for_ever(quiet_world: World) -> None:
    person = DirectPerson.new(quiet_world, "telegram")
    for message in ("hello", "2", "1", "3", "1", "1 2", "oui"):
        await person.say(message)  # nobody delivers the replies
    await close_only(quiet_world)
    assert not await after_closing.clean(quiet_world.db, now=quiet_world.now())
    assert len(await keys(quiet_world)) == 1
    quiet_world.now.advance(seconds=(after_closing.GRACE + timedelta(seconds=1)).total_seconds())
    assert await after_closing.clean(quiet_world.db, now=quiet_world.now())
    async with quiet_world.db.transaction() as session:
        assert await session.scalar(select(Consultation.cleaned_at)) is not None


async def test_the_clock_publishes_what_it_closes(quiet_world: World) -> None:
    await ballots(quiet_world)
    async with quiet_world.db.transaction() as session:
        consultation = (await session.scalars(select(Consultation))).one()
        consultation.closes_at = quiet_world.now.later(seconds=5)
    quiet_world.now.advance(seconds=6)
    await run_due(quiet_world)
    await run_due(quiet_world)
    assert await published(quiet_world)
