"""A campaign in the worst conditions, its processes killed repeatedly: nobody twice, nobody forgotten, all known."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import or_, select

from api.outbox.flow import lanes
from api.outbox.models import Delivery
from api.outbox.states import DeliveryState
from api.outbox.worker.reconcile import NOT_TAKEN
from tests.conftest import Databases
from tests.databases import PostgresDatabases
from tests.faults.crowd import settle
from tests.faults.judge import Witness, beliefs, is_send, wrong_sms, wrong_telegram
from tests.faults.rig import WEBHOOK, Rig, standing
from tests.wire.checker import WireChecker
from tests.world import World

KILLS = 5
AT_ONCE = 64
# Endings of rehearsal numbers whose messages are refused (not mobile, opted out, 500), fail later, or stay unreported.
MAGIC = ("02", "07", "11", "31", "33", "34", "35", "36", "37", "38", "42", "50", "51")
SETTINGS = {
    "rates": {"sms": 1500.0, "telegram": 1500.0},
    "at_once": AT_ONCE,
    "patience": 5.0,  # seconds, as below: what a hanging message costs
    "claim_lease": 10.0,
    "ask_after": 6.0,
    "telegram_secret": WEBHOOK,
}


def addresses(sms: int, telegram: int) -> list[tuple[str, str]]:
    """The audience, including the special numbers."""
    numbers = [f"+2126000{20_000 + number}" for number in range(sms - len(MAGIC))]
    special = [f"+2126000099{digits}" for digits in MAGIC]
    chats = [str(3_000_000 + number) for number in range(telegram)]
    return [*(("sms", number) for number in (*numbers, *special)), *(("telegram", chat) for chat in chats)]


def worsen(rig: Rig, people: int) -> None:
    """Every fault the network can simulate, more often for a small crowd."""
    often = max(2_000 / people, 1)
    for weather in (rig.network.twilio, rig.network.telegram):
        weather.throttle_share, weather.fail_share = 0.001 * often, 0.005 * often
        weather.lose_share, weather.hang_share = 0.01 * often, 0.0005 * often
    rig.network.twilio.repeat_share, rig.network.twilio.reorder = 0.1, True


async def is_over(world: World) -> bool:
    """Whether nothing waits, is being sent, or is still to be asked about. Reopens resting lanes, as staff would."""
    open_now = Delivery.state.in_((DeliveryState.QUEUED, DeliveryState.SENDING))
    to_ask = (Delivery.state == DeliveryState.UNSURE) & or_(Delivery.asked == 0, Delivery.ask_at.is_not(None))
    async with world.db.transaction() as session:
        for lane in await lanes.list_all(session):
            await lanes.resume(session, lane.road, who="amina", now=world.now())
        return await session.scalar(select(Delivery.id).where(or_(open_now, to_ask)).limit(1)) is None


async def kill_in_turn(rig: Rig, witness: Witness, people: int) -> None:
    """Kill one process after another during the first half; each restarts while the next may die."""
    chance = Random(13)
    await asyncio.gather(*(service.start() for service in rig.services))
    async with asyncio.TaskGroup() as together:
        for kill in range(1, KILLS + 1):
            service = rig.services[kill % len(rig.services)]
            await service.up.wait()
            at = people * kill // (2 * KILLS) + chance.randint(0, AT_ONCE)
            rig.hazard.arm(service, after=max(at - witness.sends, 1), of=is_send)
            await service.died()
            together.create_task(service.start())


@pytest.fixture
def size(databases: Databases, request: pytest.FixtureRequest) -> tuple[int, int, int]:
    """How many by SMS, how many by Telegram, and how many processes; SQLite allows one process."""
    if not isinstance(databases, PostgresDatabases):
        return (500, 500, 1)
    return (4_000, 16_000, 2) if request.config.getoption("--whole") else (250, 750, 2)


async def test_a_storm_loses_nobody_and_doubles_nobody(
    databases: Databases, checker: WireChecker, tmp_path: Path, size: tuple[int, int, int]
) -> None:
    sms, telegram, processes = size
    witness, url = Witness(checker.observe), await databases.fresh()
    async with standing(url, checker, tmp_path, processes=processes, observe=witness.observe, **SETTINGS) as rig:
        crowd = await settle(rig.world, addresses(sms, telegram))
        assert (await rig.world.invite()).queued == {"sms": sms, "telegram": telegram}
        worsen(rig, len(crowd))
        await kill_in_turn(rig, witness, len(crowd))
        await rig.until(lambda: is_over(rig.world), within=600, every=0.5)
        await rig.network.settled(60)

        believed = await beliefs(rig.world)
        assert believed.keys() == {each.number for each in crowd}
        assert wrong_sms(rig.network, crowd, believed, witness) == []
        assert wrong_telegram(rig.network, crowd, believed) == []

        unsure = sum(belief.state == DeliveryState.UNSURE for belief in believed.values())
        unanswered = witness.struck["telegram lost"] + witness.struck["telegram 500"]
        assert unsure <= unanswered + KILLS * AT_ONCE
        asked = Counter(belief[:2] for belief in believed.values() if belief.asked)
        assert asked[DeliveryState.FAILED, NOT_TAKEN]
        assert asked[DeliveryState.SENT, None] + asked[DeliveryState.DELIVERED, None]
        assert all(witness.struck[f"{peer} {kind}"] for peer in ("twilio", "telegram") for kind in ("lost", "500"))
