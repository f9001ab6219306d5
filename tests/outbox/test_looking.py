"""When a road has something to send next, by the rule and from the database; and launches are noticed at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, update

from api.campaigns import actions, invite
from api.db import Database
from api.outbox.models import Delivery, Lane, SendWindow
from api.outbox.worker import next_due
from api.outbox.worker import unsure as worker_unsure
from api.outbox.worker.next_due import NEVER, Wait, earliest
from api.residents.models import Resident
from tests.campaigns.crowd import resident
from tests.campaigns.office import states
from tests.outbox.mouths import Mouth, deliverer
from tests.schedule import rows
from tests.wire.checker import WireChecker
from tests.world import World, living

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
SOON, LATER, PAST = NOW + timedelta(seconds=10), NOW + timedelta(seconds=20), NOW - timedelta(seconds=10)
STANDS_IN = [("a", ("a",))]
QUIET = {"look_every": 3600.0, "claim_lease": 3600.0, "reply_patience": 3600.0, "ask_after": 3600.0}


@pytest.mark.parametrize(
    ("rest", "waits", "moment"),
    [
        ({}, [], NEVER),
        ({}, [Wait("b", None, None)], NEVER),
        ({}, [Wait("b", PAST, None)], PAST),
        ({}, [Wait("b", LATER, None), Wait("b", SOON, None)], SOON),
        ({}, [Wait("b", PAST, SOON)], SOON),  # its window opens later
        ({}, [Wait("b", SOON, PAST)], SOON),
        ({"b": LATER}, [Wait("b", SOON, None)], LATER),  # while the lane rests
        ({"b": PAST}, [Wait("b", SOON, None)], SOON),  # it has rested
        ({"b": None}, [Wait("b", SOON, None)], SOON),
        ({}, [Wait("a", PAST, None)], NEVER),  # that road sends by itself
        ({"a": LATER}, [Wait("a", PAST, None)], PAST),
        ({"a": LATER, "b": SOON}, [Wait("a", PAST, None)], SOON),
    ],
)
def test_the_first_moment_at_which_a_road_may_send(
    rest: dict[str, datetime | None], waits: Sequence[Wait], moment: datetime
) -> None:
    assert earliest("b", STANDS_IN, rest, waits, now=NOW) == moment


@pytest.fixture
async def db(database_url: str) -> AsyncIterator[Database]:
    database = Database(database_url)
    yield database
    await database.close()


async def due(db: Database, road: str = "twilio", **after: datetime) -> datetime:
    covers = [("twilio", ("twilio",))] if road == "other" else []
    async with db.reading() as connection:
        return await next_due.next_due(connection, road, covers, now=NOW, **after)


@pytest.mark.parametrize(
    ("queued", "gate", "moment"),
    [
        ({"due_at": SOON}, None, SOON),
        ({"due_at": SOON, "state": "sent"}, None, NEVER),
        ({"due_at": SOON, "road": "other"}, None, NEVER),
        ({"due_at": PAST, "campaign_id": 1}, None, NEVER),
        ({"due_at": PAST, "campaign_id": 1}, (PAST, LATER), PAST),
        ({"due_at": SOON, "campaign_id": 1}, (PAST, LATER), SOON),
        ({"due_at": PAST, "campaign_id": 1}, (SOON, LATER), SOON),
        ({"due_at": PAST, "campaign_id": 1}, (PAST, PAST), NEVER),
        ({"due_at": PAST, "campaign_id": 1}, (None, None), NEVER),
    ],
)
async def test_what_waits_in_the_database(
    db: Database, queued: dict[str, Any], gate: tuple[datetime | None, datetime | None] | None, moment: datetime
) -> None:
    await rows.delivery(db, NOW, **queued)
    if gate is not None:
        await rows.write(db, SendWindow, campaign_id=1, opens_at=gate[0], closes_at=gate[1], rank=1)
    assert await due(db) == moment
    assert await due(db, "other") == (SOON if queued.get("road") else NEVER)  # it backs up a resting road only


async def test_what_could_not_be_claimed_is_not_looked_for_again(db: Database) -> None:
    await rows.delivery(db, NOW, due_at=PAST)
    assert await due(db) == PAST
    assert await due(db, after=NOW) == NEVER
    await rows.write(db, Delivery, **rows.DELIVERY, state="queued", due_at=SOON, created_at=NOW)
    assert await due(db, after=NOW) == SOON


async def test_one_stands_in_while_a_lane_rests(db: Database) -> None:
    await rows.delivery(db, NOW, due_at=PAST)
    lane = {"per_second": 1.0, "next_slot": NOW, "taken": 0, "tried": 0, "failed": 0, "paused_until": LATER}
    await rows.write(db, Lane, road="twilio", **lane)
    assert (await due(db), await due(db, "other")) == (LATER, PAST)


async def launched(world: World, db: Database) -> int:
    """A launched campaign of one urgent message."""
    async with db.transaction() as session:
        urgent = (await invite.invitation(session, "plan", now=world.now())).model_copy(update={"urgent": True})
        campaign, _ = await actions.at_once(session, urgent, kit=world.kit, who="tests", now=world.now())
        return campaign.id


async def all_sent(world: World, campaign: int) -> None:
    """Wait until its messages are sent, which the service does by itself."""
    async with asyncio.timeout(60):
        while set(await states(world, campaign)) - {"sent", "delivered"}:  # noqa: ASYNC110 - the service makes it so
            await asyncio.sleep(0.02)


@pytest.mark.parametrize("own", [True, False], ids=["its own process", "another process"])
async def test_a_launch_is_delivered_without_waiting_for_the_net(
    database_url: str, checker: WireChecker, own: bool
) -> None:
    async with living(database_url, checker, background=["deliver"], **QUIET) as world:
        db = world.db if own else Database(world.settings.database_url)
        for _ in range(2):  # the deliverers sleep when the second is launched
            await resident(world)
            await all_sent(world, await launched(world, db))
        await db.close()


async def test_a_look_at_what_is_not_due_is_one_statement_and_locks_nothing(own_world: World) -> None:
    sender = deliverer(own_world, Mouth([]))
    await rows.delivery(own_world.db, own_world.now(), due_at=own_world.now.later(seconds=10))
    seen: list[str] = []
    event.listen(own_world.db.engine.sync_engine, "before_cursor_execute", lambda *args: seen.append(args[2]))
    assert 9 < await sender._check() <= 10
    assert [statement.split()[0] for statement in seen] == ["SELECT"]


async def test_what_cannot_be_claimed_is_tried_less_and_less_often(own_world: World) -> None:
    """A notification to someone inactive: normally it is cancelled; until then nobody may claim it."""
    await rows.delivery(own_world.db, own_world.now(), due_at=own_world.now())
    async with own_world.db.transaction() as session:
        await session.execute(update(Resident).values(state="stopped"))
    mouth = Mouth([])
    sender = deliverer(own_world, mouth)
    assert [await sender._check() for _ in range(7)] == [1, 2, 4, 8, 16, 30, 30]
    assert mouth.sent == []


@pytest.mark.parametrize(
    ("unsure", "moment"),
    [
        ({"settled_at": NOW}, LATER),
        ({"settled_at": PAST, "asked": 1, "ask_at": SOON}, SOON),
        ({"settled_at": PAST, "asked": 1}, NEVER),  # it can never be known
        ({"settled_at": NOW, "channel": "telegram"}, NEVER),
        ({"settled_at": NOW, "state": "sent"}, NEVER),
    ],
)
async def test_when_a_provider_is_asked_next(db: Database, unsure: dict[str, Any], moment: datetime) -> None:
    await rows.delivery(db, NOW, **{"state": "unsure", **unsure})
    async with db.reading() as connection:
        assert await worker_unsure.next_due(connection, channel="sms", wait=LATER - NOW) == moment
