"""An invitation while the service is killed repeatedly: nobody is asked twice, and nobody is forgotten."""

from __future__ import annotations

from pathlib import Path
from random import Random

from sqlalchemy import select

from api.outbox.models import Delivery
from api.outbox.states import DeliveryState
from rehearsal.exchange import Exchange
from rehearsal.twilio.forms import status_form
from rehearsal.twilio.message import Message
from rehearsal.twilio.webhook import Webhooks
from rehearsal.wire import Wire
from tests.conftest import Databases
from tests.faults.crowd import SMS, TELEGRAM, gather
from tests.faults.rig import Rig, standing
from tests.wire.checker import WireChecker

KILLS = 3
ON_THE_WIRE = 16  # messages at most: eight of each channel


async def outcomes(rig: Rig) -> dict[int, str]:
    """The state of every delivery, by resident."""
    async with rig.world.db.transaction() as session:
        rows = await session.execute(select(Delivery.resident_id, Delivery.state))
        return dict(rows.all())


async def settled(rig: Rig) -> bool:
    """Whether nothing waits or is being sent any more."""
    return not {DeliveryState.QUEUED, DeliveryState.SENDING} & set((await outcomes(rig)).values())


def is_handed_over(exchange: Exchange) -> bool:
    """Whether a provider took a message and is about to say so."""
    return exchange.direction == "request" and exchange.operation.endswith(("/Messages.json", "sendMessage"))


async def tell_late(rig: Rig, message: Message) -> None:
    """Twilio reports a message as delivered at last."""
    assert message.callback is not None
    wire, settings = Wire(rig.hazard.observe), rig.network.settings
    webhooks = Webhooks(wire, settings.auth_token, settings.webhook_timeout)
    form = status_form(message, "delivered", settings.account_sid)
    assert (await webhooks.post(message.callback, form, operation="status", event=message.sid)).good
    await wire.aclose()


async def test_nobody_is_invited_twice_and_nobody_is_forgotten(
    databases: Databases, checker: WireChecker, tmp_path: Path
) -> None:
    chance = Random(11)
    # Status callbacks are delayed, so that a kill loses those of messages being sent.
    async with standing(await databases.fresh(), checker, tmp_path, callback_delay=0.2) as rig:
        crowd = await gather(rig.world)
        assert (await rig.world.invite()).queued == {"sms": SMS, "telegram": TELEGRAM}
        rig.network.twilio.slow = rig.network.telegram.slow = 0.05
        for _ in range(KILLS):
            await rig.service.start()
            await rig.killed(after=chance.randint(5, 30), of=is_handed_over)
        await rig.service.start()
        await rig.until(lambda: settled(rig))
        await rig.network.settled()

        state = await outcomes(rig)
        got = {person.number: person.got(rig.network) for person in crowd}
        assert max(got.values()) == 1
        assert state.keys() == got.keys()
        assert set(state.values()) <= {DeliveryState.SENT, DeliveryState.DELIVERED, DeliveryState.UNSURE}
        unsure = {number for number in state if state[number] == DeliveryState.UNSURE}
        assert {number for number in got if not got[number]} <= unsure
        assert len(unsure) <= KILLS * ON_THE_WIRE

        assert sum((await rig.world.invite()).queued.values()) == 0
        arrived = {each.number: each for each in crowd if each.channel == "sms" and got[each.number]}
        late = unsure & arrived.keys()
        assert late, "no kill left a text unsure that had arrived"
        for number in late:
            await tell_late(rig, rig.network.phone(arrived[number].address).inbox[0])
        assert await outcomes(rig) == {**state, **dict.fromkeys(late, DeliveryState.DELIVERED)}
        assert got == {person.number: person.got(rig.network) for person in crowd}
