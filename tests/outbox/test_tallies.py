"""Counters equal the deliveries whatever happens, in any order and with any concurrency."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import text, update
from sqlalchemy.ext.asyncio import AsyncSession

from api.campaigns import launch
from api.campaigns.models import Campaign
from api.campaigns.rendering import rendered
from api.db import Database
from api.outbox import counters, service, transitions
from api.outbox.models import Delivery
from api.outbox.transitions import StatusUpdate
from api.outbox.worker import sms_fallback
from api.outbox.worker.claim import Claim, claim
from api.residents import service as residents
from api.residents.models import Consent, Resident
from tests.campaigns.crowd import resident
from tests.campaigns.test_campaigns import NEWS, make, take
from tests.outbox.rows import counted, deliveries, flown, tallied
from tests.world import KEYRING, World

PEOPLE = 7
STATES = ("queued", "sending", "sent", "delivered", "failed", "expired", "cancelled", "unsure")
Rows = list[Delivery]


async def claims(session: AsyncSession, world: World, campaign: int, rows: Rows, road: str, limit: int) -> None:
    await claim(session, Claim(road, KEYRING, lease=60.0), of=road, now=world.now(), limit=limit)


async def hears(session: AsyncSession, world: World, campaign: int, rows: Rows, *news: tuple[int, str]) -> None:
    updates = [StatusUpdate(rows[place].id, state, reason=f"r{place % 2}") for place, state in news]
    await transitions.settle(session, updates, now=world.now())


async def retries(session: AsyncSession, world: World, campaign: int, rows: Rows, place: int) -> None:
    await service.retry_later(session, rows[place].id, due_at=world.now(), reason="later", now=world.now())


async def falls_back(session: AsyncSession, world: World, campaign: int, rows: Rows, place: int) -> None:
    roads = world.service.means.roads
    await sms_fallback.by_sms(session, rows[place].id, roads=roads, reason="400", now=world.now())


async def leaves(session: AsyncSession, world: World, campaign: int, rows: Rows, place: int) -> None:
    await service.cancel_unsolicited(session, rows[place].resident_id, now=world.now())


async def dies(session: AsyncSession, world: World, campaign: int, rows: Rows) -> None:
    await service.expire_leases(session, now=world.now() + timedelta(minutes=2))


async def cancels(session: AsyncSession, world: World, campaign: int, rows: Rows) -> None:
    await service.cancel_queued(session, campaign_id=campaign, now=world.now())


async def expires(session: AsyncSession, world: World, campaign: int, rows: Rows) -> None:
    some = Delivery.id.in_([row.id for row in rows[::2]])
    await session.execute(update(Delivery).where(some).values(expires_at=world.now()))
    await service.expire(session, now=world.now())


async def again(session: AsyncSession, world: World, campaign: int, rows: Rows) -> None:
    """Launch again after someone joined: only they are new."""
    number = world.number()
    someone, _ = await residents.create(
        session, keyring=KEYRING, channel="sms", road="twilio", address=number, now=world.now()
    )
    someone.state, someone.language = residents.ACTIVE, "zgh"
    await session.flush()
    row = await session.get_one(Campaign, campaign)
    texts = await rendered(session, row, None, kit=world.kit)
    queued = await launch.queue(session, row, None, texts, kit=world.kit, now=world.now())
    assert queued.by_channel == {"telegram": 0, "sms": 1}


PLACES = st.integers(0, PEOPLE - 1)
HEARD = st.tuples(PLACES, st.sampled_from(STATES))
MOVES = st.one_of(
    st.tuples(st.just(claims), st.sampled_from(("twilio", "telegram")), st.integers(1, 4)),
    st.builds(lambda *news: (hears, *news), HEARD, HEARD, HEARD),
    st.tuples(st.sampled_from((retries, falls_back, leaves)), PLACES),
    st.tuples(st.sampled_from((dies, expires, again))),
    st.tuples(st.sampled_from((dies, cancels))),
)


async def crowd(world: World) -> int:
    """People on both channels, in two languages and provinces, and a running campaign."""
    for number in range(PEOPLE):
        channels = ("sms", "telegram") if number % 2 else ("sms",)
        where = {"language": "fr" if number % 3 else "ar", "province": "01.571" if number % 4 else None}
        resident_id = await resident(world, channels=channels, **where)
        async with world.db.transaction() as session:
            consent: dict[str, Any] = {"purpose": "consultations", "language": "fr", "wording": "words"}
            session.add(Consent(resident_id=resident_id, granted=True, channel="sms", given_at=world.now(), **consent))
    return await running(world)


async def running(world: World) -> int:
    campaign = await make(world, {**NEWS, "urgent": True})
    await take(world, campaign, "submit", "approve", "launch")
    return campaign


class Envelope:
    def __init__(self, world: World) -> None:
        self.world = world

    def __repr__(self) -> str:
        return "a world"


@pytest.fixture
def live(quiet_world: World) -> Envelope:
    """The world in an envelope with a short repr, because Hypothesis prints failures."""
    return Envelope(quiet_world)


def standing(rows: Rows) -> dict[int, str]:
    return {row.id: "queued" if row.state == "sending" else row.state for row in rows}


def arrivals(before: list[Delivery], after: list[Delivery]) -> Counter[str]:
    was = standing(before)
    return Counter(state for number, state in standing(after).items() if state not in ("queued", was.get(number)))


@settings(
    deadline=None,
    max_examples=15,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(MOVES, min_size=3, max_size=9))
async def test_whatever_happens_they_equal_what_is_there(live: Envelope, sequence: list[Any]) -> None:
    own_world: World = live.world
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(transitions, "_BATCH", 2)
        campaign = await (running(own_world) if await _peopled(own_world) else crowd(own_world))
        rows, arrived = await deliveries(own_world, campaign), Counter[str]()
        for move, *more in sequence:
            async with own_world.db.transaction() as session:
                await move(session, own_world, campaign, rows, *more)
            after = await deliveries(own_world, campaign)
            arrived += arrivals(rows, after)
            rows = after
            assert await tallied(own_world, campaign) == await counted(own_world, campaign)
            assert await flown(own_world, campaign) == arrived


async def _peopled(world: World) -> bool:
    async with world.db.transaction() as session:
        return await session.get(Resident, 1) is not None


async def test_many_are_moved_in_batches_and_counted_once(quiet_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transitions, "_BATCH", 3)
    campaign = await crowd(quiet_world)
    async with quiet_world.db.transaction() as session:
        assert await service.cancel_queued(session, campaign_id=campaign, now=quiet_world.now()) == PEOPLE
        assert await service.cancel_queued(session, campaign_id=campaign, now=quiet_world.now()) == 0
    assert await tallied(quiet_world, campaign) == await counted(quiet_world, campaign)
    assert await flown(quiet_world, campaign) == {"cancelled": PEOPLE}


async def test_processes_that_settle_at_once_lose_no_count(
    quiet_world: World, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same updates in many concurrent transactions, in any order, in one slot: each counts once, none fails."""
    monkeypatch.setattr(counters, "_SLOTS", 1)
    await crowd(quiet_world)
    for _ in range(3 * PEOPLE):
        await resident(quiet_world, channels=("telegram",))
    campaign = await running(quiet_world)
    numbers = [row.id for row in await deliveries(quiet_world, campaign)]
    await as_in_large_tables(quiet_world)
    processes = [Database(database_url) for _ in range(4)]
    chance = random.Random(1)

    async def settle(db: Database, state: str) -> int:
        news = [StatusUpdate(number, state) for number in chance.sample(numbers, len(numbers))]
        async with db.transaction() as session:
            return len(await transitions.settle(session, news, now=quiet_world.now()))

    for state in ("sent", "delivered"):
        moved = await asyncio.gather(*(settle(db, state) for db in processes for _ in range(6)))
        assert sum(moved) == len(numbers)
    assert await tallied(quiet_world, campaign) == await counted(quiet_world, campaign)
    assert await flown(quiet_world, campaign) == {"sent": len(numbers), "delivered": len(numbers)}
    for db in processes:
        await db.close()


async def as_in_large_tables(world: World) -> None:
    """Rows move in the given order, as PostgreSQL does in large tables."""
    if world.settings.database_url.startswith("sqlite"):
        return
    async with world.db.transaction() as session:
        name = await session.scalar(text("SELECT current_database()"))
        for plan in ("hashjoin", "mergejoin", "seqscan"):
            await session.execute(text(f'ALTER DATABASE "{name}" SET enable_{plan} = off'))
