"""A process dies between committing an answer and replying: the next one's outbox sends the reply, once."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select

from api.outbox.models import Delivery
from api.outbox.states import DeliveryState
from tests.conftest import Databases
from tests.faults.rig import POLLING, WEBHOOK, Rig, standing
from tests.faults.talkers import QUESTIONS, Chatter, join
from tests.wire.checker import WireChecker


async def newest(rig: Rig) -> tuple[str, int]:
    """The newest delivery's state, and how often the outbox tried it."""
    async with rig.world.db.transaction() as session:
        row = await session.execute(select(Delivery.state, Delivery.attempts).order_by(Delivery.id.desc()).limit(1))
        state, attempts = row.one()
        return state, attempts


async def test_a_reply_that_was_not_handed_over_comes_from_the_outbox(
    databases: Databases, checker: WireChecker, tmp_path: Path
) -> None:
    async with standing(await databases.fresh(), checker, tmp_path) as rig:
        person = Chatter(rig, "fr")
        await rig.service.start(telegram_secret=POLLING)
        await join(person)
        heard = person.count

        # After the commit, the tapped message is edited first; the reply would come second.
        rig.arm(after=1, of=lambda exchange: exchange.operation.startswith("editMessage"))
        await person.tap(2)
        await rig.service.died()
        assert person.count == heard
        assert await newest(rig) == (DeliveryState.QUEUED, 0)

        await rig.service.start(telegram_secret=WEBHOOK)
        await person.hears(QUESTIONS[1])
        # Telegram repeats the tap, which was not acknowledged: no second effect, no second reply.
        await person.accepted()
        await rig.until(lambda: _is(rig, (DeliveryState.SENT, 1)))
        assert person.count == heard + 1
        assert (await rig.world.results()).questions[0].answers[1].count == 1


async def _is(rig: Rig, wanted: tuple[str, int]) -> bool:
    return await newest(rig) == wanted
