"""Deliveries put back while being sent: they wait again, unless their campaign or resident has left meanwhile."""

from __future__ import annotations

import pytest

from api.campaigns import actions
from api.channel import Outgoing, Rejected, SendError, SendResult, Throttled
from api.outbox import service
from api.outbox.flow import slots
from api.outbox.worker.settle import Outcome, Settler
from api.residents import service as residents
from api.residents.models import Consent, Resident
from tests.campaigns.crowd import resident
from tests.campaigns.test_campaigns import NEWS, clock, make, state, take
from tests.outbox.mouths import Mouth, deliverer
from tests.outbox.rows import counted, deliveries, tallied
from tests.world import World


class Meanwhile(Mouth):
    """Something happens while a message is being sent; then it is refused."""

    def __init__(self, world: World, campaign: int, event: str, answer: SendError, *, name: str = "sms") -> None:
        super().__init__([answer])
        self.name, self._world, self._campaign, self._event = name, world, campaign, event

    async def send(self, message: Outgoing) -> SendResult:
        await self.happen()
        return await super().send(message)

    def too_late(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Let it happen while a message waits for its slot, which it then misses."""
        settle = Settler.settle

        async def happened(settler: Settler, outcome: Outcome) -> None:
            await self.happen()
            await settle(settler, outcome)

        monkeypatch.setattr(slots, "is_missed", lambda *_, **__: True)
        monkeypatch.setattr(Settler, "settle", happened)

    async def happen(self) -> None:
        now = self._world.now()
        async with self._world.db.transaction() as session:
            if self._event == "cancel":
                await actions.cancel(session, self._campaign, who="idir", now=now)
            elif self._event == "pause":
                await actions.pause(session, self._campaign, who="idir", now=now)
            elif self._event == "stop":
                resident = await session.get_one(Resident, 1)
                residents.stop(session, resident, channel="sms", wording="STOP", now=now)
                await service.cancel_unsolicited(session, resident.id, now=now)


async def after(
    world: World, event: str, answer: SendError, *, name: str = "sms", missed: pytest.MonkeyPatch | None = None
) -> tuple[str, str, str | None, str]:
    """What became of the delivery and its campaign."""
    number = await resident(world, channels=("sms", "telegram") if name == "telegram" else ("sms",))
    async with world.db.transaction() as session:
        consent = {"purpose": "consultations", "language": "fr", "wording": "words", "given_at": world.now()}
        session.add(Consent(resident_id=number, granted=True, channel="sms", **consent))
    campaign = await make(world, {**NEWS, "urgent": True})
    await take(world, campaign, "submit", "approve", "launch")
    mouth = Meanwhile(world, campaign, event, answer, name=name)
    if missed is not None:
        mouth.too_late(missed)
    assert await deliverer(world, mouth).once()
    await clock(world)
    assert await tallied(world, campaign) == await counted(world, campaign)
    row = (await deliveries(world, campaign))[0]
    return row.channel, row.state, row.reason, await state(world, campaign)


async def test_it_waits_for_another_try(quiet_world: World) -> None:
    assert await after(quiet_world, "", Throttled(5.0)) == ("sms", "queued", "throttled", "running")


async def test_it_waits_while_its_campaign_is_paused(quiet_world: World) -> None:
    assert await after(quiet_world, "pause", Throttled(5.0)) == ("sms", "queued", "throttled", "paused")


async def test_it_is_cancelled_with_its_campaign(quiet_world: World) -> None:
    assert await after(quiet_world, "cancel", Throttled(5.0)) == ("sms", "cancelled", "cancelled", "cancelled")


async def test_it_is_cancelled_if_the_person_left_and_the_campaign_is_done(quiet_world: World) -> None:
    assert await after(quiet_world, "stop", Throttled(5.0)) == ("sms", "cancelled", "cancelled", "finished")


async def test_it_does_not_fall_back_for_a_campaign_that_is_over(quiet_world: World) -> None:
    outcome = await after(quiet_world, "cancel", Rejected("400"), name="telegram")
    assert outcome == ("telegram", "failed", "400", "cancelled")


@pytest.mark.parametrize(("event", "campaign"), [("cancel", "cancelled"), ("stop", "finished")])
async def test_it_is_cancelled_if_it_missed_its_slot(
    quiet_world: World, monkeypatch: pytest.MonkeyPatch, event: str, campaign: str
) -> None:
    outcome = await after(quiet_world, event, Throttled(5.0), missed=monkeypatch)
    assert outcome == ("sms", "cancelled", "cancelled", campaign)
