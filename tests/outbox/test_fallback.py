"""What Telegram refuses is sent by SMS: once, as the same row, and only if the resident agreed to SMS."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from api.channel import Gone, Misconfigured, Rejected, SendError, SendResult, Throttled, Unreachable, Unsure
from api.outbox import transitions
from api.outbox.models import Body, Delivery
from api.outbox.transitions import StatusUpdate
from api.outbox.worker import departures
from api.residents.models import Address, Consent, Resident
from tests.api.office import call
from tests.campaigns.crowd import resident
from tests.campaigns.test_campaigns import NEWS, make, take
from tests.outbox.mouths import Mouth, deliverer
from tests.outbox.rows import counted, deliveries, flown, tallied
from tests.world import World


class Bot(Mouth):
    name = "telegram"


class Sms(Mouth):
    name = "sms"


async def say(world: World, number: int, *granted: bool, channel: str = "sms") -> None:
    """Record a resident's consents on a channel, one after another."""
    async with world.db.transaction() as session:
        for each in granted:
            session.add(
                Consent(
                    resident_id=number, purpose="consultations", granted=each, channel=channel, language="fr",
                    wording="words", given_at=world.now(),
                )
            )  # fmt: skip
            await session.flush()


async def launched(world: World, *granted: bool, channels: tuple[str, ...] = ("sms", "telegram")) -> int:
    """A running campaign to one resident reachable on both channels."""
    number = await resident(world, channels=channels)
    await say(world, number, *granted)
    campaign = await make(world, {**NEWS, "urgent": True})
    await take(world, campaign, "submit", "approve", "launch")
    return campaign


async def row_of(world: World, campaign: int) -> Delivery:
    rows = await deliveries(world, campaign)
    assert len(rows) == 1
    assert await tallied(world, campaign) == await counted(world, campaign)
    return rows[0]


async def test_what_telegram_refuses_goes_out_by_sms_once_with_the_text_for_sms(quiet_world: World) -> None:
    campaign = await launched(quiet_world, True)
    before = await row_of(quiet_world, campaign)
    assert await deliverer(quiet_world, Bot([Rejected("400")])).once()
    row = await row_of(quiet_world, campaign)
    assert (row.id, row.channel, row.road, row.state, row.attempts) == (before.id, "sms", "twilio", "queued", 0)
    assert row.reason == "telegram: 400"
    async with quiet_world.db.transaction() as session:
        body = await session.get_one(Body, row.body_id)
        assert (body.channel, body.id == before.body_id) == ("sms", False)
    assert not await deliverer(quiet_world, Bot([])).once()
    mouth = Sms([])
    assert await deliverer(quiet_world, mouth).once()
    assert [(each.text, each.address[:4]) for each in mouth.sent] == [(body.text, "+212")]
    assert (await row_of(quiet_world, campaign)).state == "sent"
    assert await flown(quiet_world, campaign) == {"sent": 1}
    assert not await deliverer(quiet_world, Sms([])).once()


async def test_what_sms_refuses_then_has_failed_and_does_not_come_back(quiet_world: World) -> None:
    campaign = await launched(quiet_world, True)
    assert await deliverer(quiet_world, Bot([Rejected("400")])).once()
    assert await deliverer(quiet_world, Sms([Rejected("21614")])).once()
    row = await row_of(quiet_world, campaign)
    assert (row.channel, row.state, row.reason) == ("sms", "failed", "21614")


@pytest.mark.parametrize(
    ("granted", "channels"),
    [
        ((), ("sms", "telegram")),  # agreed on Telegram only
        ((False,), ("sms", "telegram")),
        ((True, False), ("sms", "telegram")),  # left by SMS later, and came back by Telegram
        ((True,), ("telegram",)),  # no number
    ],
)
async def test_nobody_gets_an_sms_who_did_not_agree_to_that(
    quiet_world: World, granted: tuple[bool, ...], channels: tuple[str, ...]
) -> None:
    campaign = await launched(quiet_world, *granted, channels=channels)
    assert await deliverer(quiet_world, Bot([Rejected("400")])).once()
    row = await row_of(quiet_world, campaign)
    assert (row.channel, row.state, row.reason) == ("telegram", "failed", "400")
    assert not await deliverer(quiet_world, Sms([])).once()


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (Throttled(5.0), "queued"),
        (Unreachable("timeout"), "queued"),
        (Misconfigured("401"), "queued"),
        (Unsure("timeout"), "unsure"),
        (Gone("blocked"), "failed"),
    ],
)
async def test_other_errors_stay_with_telegram(quiet_world: World, error: SendError, state: str) -> None:
    """Messages that may still be sent, or may have been, do not move to SMS; nor does anyone who left."""
    campaign = await launched(quiet_world, True)
    assert await deliverer(quiet_world, Bot([error])).once()
    row = await row_of(quiet_world, campaign)
    assert (row.channel, row.state) == ("telegram", state)
    quiet_world.now.advance(minutes=20)
    assert not await deliverer(quiet_world, Sms([])).once()


async def test_telegram_that_cannot_be_reached_for_long_is_given_up_for_sms(quiet_world: World) -> None:
    campaign = await launched(quiet_world, True)
    for _ in range(8):
        assert await deliverer(quiet_world, Bot([Unreachable("timeout")])).once()
        quiet_world.now.advance(minutes=16)
    assert (await row_of(quiet_world, campaign)).channel == "sms"


class Slow(Bot):
    """Refuses only after its claim expired or its outcome was recorded elsewhere."""

    def __init__(self, world: World, state: str) -> None:
        super().__init__([])
        self._world, self._state = world, state

    async def send(self, message: object) -> SendResult:
        async with self._world.db.transaction() as session:
            number = getattr(message, "delivery_id", 0)
            await transitions.settle(session, [StatusUpdate(number, self._state)], now=self._world.now())
        raise Rejected("400")


@pytest.mark.parametrize(("meanwhile", "after"), [("unsure", "failed"), ("delivered", "delivered")])
async def test_what_is_not_ours_any_more_does_not_fall_back(quiet_world: World, meanwhile: str, after: str) -> None:
    campaign = await launched(quiet_world, True)
    assert await deliverer(quiet_world, Slow(quiet_world, meanwhile)).once()
    row = await row_of(quiet_world, campaign)
    assert (row.channel, row.state) == ("telegram", after)


@pytest.mark.parametrize(
    ("granted", "resident_state", "row_state"),
    [
        ((True,), "active", ("queued", "sms", "telegram: blocked")),
        ((), "stopped", ("cancelled", "telegram", "stopped")),
        ((True, False), "stopped", ("cancelled", "telegram", "stopped")),
    ],
)
async def test_who_blocks_the_bot_is_left_alone_there_and_reached_by_sms_if_they_agreed_to_it(
    quiet_world: World, granted: tuple[bool, ...], resident_state: str, row_state: tuple[str, str, str]
) -> None:
    """Two campaigns: Telegram reports of the first that the person left. The second is sent by SMS, or not at all."""
    campaign = await launched(quiet_world, *granted)
    second = await make(quiet_world, {**NEWS, "urgent": True})
    await take(quiet_world, second, "submit", "approve", "launch")
    async with quiet_world.db.transaction() as session:
        later = quiet_world.now.later(minutes=1)
        await session.execute(update(Delivery).where(Delivery.campaign_id == second).values(due_at=later))
    assert await deliverer(quiet_world, Bot([Gone("blocked")])).once()
    assert (await row_of(quiet_world, campaign)).state == "failed"
    row = await row_of(quiet_world, second)
    assert (row.state, row.channel, row.reason) == row_state
    async with quiet_world.db.transaction() as session:
        person = (await session.scalars(select(Resident))).one()
        states = {each.channel: each.state for each in await session.scalars(select(Address))}
    assert (person.state, states) == (resident_state, {"sms": "active", "telegram": "gone"})
    assert await deliverer(quiet_world, Sms([])).once() == (resident_state == "active")


async def test_who_blocks_the_bot_is_written_to_by_sms_next_time(quiet_world: World) -> None:
    await launched(quiet_world, True)
    assert await deliverer(quiet_world, Bot([Gone("blocked")])).once()
    third = await make(quiet_world, {**NEWS, "urgent": True})
    await take(quiet_world, third, "submit", "approve", "launch")
    row = await row_of(quiet_world, third)
    assert (row.channel, row.state) == ("sms", "queued")
    shown = (await call(quiet_world, "GET", "/v1/residents/1")).json()
    assert (shown["state"], {each["channel"]: each["state"] for each in shown["addresses"]}) == (
        "active", {"sms": "active", "telegram": "gone"},
    )  # fmt: skip


async def test_who_leaves_by_sms_leaves_everywhere(quiet_world: World) -> None:
    number = await resident(quiet_world, channels=("sms", "telegram"))
    await say(quiet_world, number, True)
    await say(quiet_world, number, True, channel="telegram")
    async with quiet_world.db.transaction() as session:
        phone = await session.scalar(select(Address.id).where(Address.channel == "sms"))
        assert phone is not None
        await departures.record_departure(session, phone, reason="21610", now=quiet_world.now())
        assert (await session.get_one(Resident, number)).state == "stopped"
