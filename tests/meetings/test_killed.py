"""Cancelling a meeting while the service is killed: everyone registered is told once."""

from __future__ import annotations

from pathlib import Path

from api.actors import Action
from api.meetings.models import Registration
from api.outbox.states import DeliveryState
from api.workflows import meetings
from tests.conftest import Databases
from tests.faults.crowd import gather
from tests.faults.rig import standing
from tests.faults.test_invitation import is_handed_over, outcomes, settled
from tests.meetings.planned import planned
from tests.wire.checker import WireChecker


async def test_everyone_is_told_once_though_the_service_dies(
    databases: Databases, checker: WireChecker, tmp_path: Path
) -> None:
    async with standing(await databases.fresh(), checker, tmp_path) as rig:
        world, crowd = rig.world, await gather(rig.world)
        number = await planned(world, seats=len(crowd) // 2, consultation="plan")
        async with world.db.transaction() as session:
            session.add_all(
                Registration(
                    meeting_id=number,
                    resident_id=each.number,
                    state="seat" if place % 2 else "waiting",
                    since=world.now(),
                    asked=False,
                    judged=False,
                )
                for place, each in enumerate(crowd)
            )
        async with world.db.transaction() as session:
            _, _, queued = await meetings.cancel(session, "tanger", kit=world.kit, action=Action("amina", world.now()))
        assert sum(queued.values()) == len(crowd)
        rig.network.twilio.slow = rig.network.telegram.slow = 0.02
        await rig.service.start()
        await rig.killed(after=20, of=is_handed_over)
        await rig.service.start()
        await rig.until(lambda: settled(rig))
        await rig.network.settled()
        state = await outcomes(rig)
        got = {each.number: each.got(rig.network) for each in crowd}
        assert state.keys() == got.keys()
        assert max(got.values()) == 1
        unsure = {who for who in state if state[who] == DeliveryState.UNSURE}
        assert {who for who in got if not got[who]} <= unsure
