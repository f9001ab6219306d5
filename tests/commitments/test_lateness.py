"""Milestones that become late are noticed by the scheduler, once, and drafted as updates."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from sqlalchemy import select

from api.campaigns.models import Campaign
from api.commitments import write
from api.commitments.fields import Statuses
from api.commitments.models import Milestone, Update
from api.text.formats import short_day
from api.workflows import late_milestones
from tests.commitments.office import follower, update
from tests.commitments.plans import CODE, LATE_BY, add_plan, assessment
from tests.commitments.test_followers import parts
from tests.world import World


async def note_late(world: World) -> int:
    async with world.db.transaction() as session:
        return await late_milestones.draft_updates(session, catalogs=world.kit.catalogs, now=world.now())


async def written(world: World) -> list[tuple[str, str]]:
    """Return the updates so far: who wrote them, and the French text."""
    async with world.db.transaction() as session:
        rows = await session.scalars(select(Update).order_by(Update.id))
        return [(each.who, each.text["fr"]) for each in rows]


async def test_what_becomes_late_is_drafted_once_for_its_followers(quiet_world: World) -> None:
    await add_plan(quiet_world, told=False)  # two milestones are late: that of 3 is on track, that of 5 is not begun
    await asyncio.gather(*(note_late(quiet_world) for _ in range(4)))
    day = quiet_world.now().date() - timedelta(days=LATE_BY)
    late = f"En retard : texte step 2, prévu le {short_day(day)}."
    assert await written(quiet_world) == [("clock", late)]
    async with quiet_world.db.transaction() as session:
        (campaign,) = await session.scalars(select(Campaign).where(Campaign.purpose == "update"))
    assert (campaign.state, campaign.author) == ("draft", "clock")
    assert await update(quiet_world, 4, "staff's own") == campaign.id
    assert await parts(quiet_world, campaign.id) == [f"texte label 3: {late}", "texte label 4: texte staff's own"]
    await follower(quiet_world, f"commitment:{CODE}/3")
    async with quiet_world.db.transaction() as session:  # postponed: it is late again once the new date is past too
        milestone = (
            await session.scalars(select(Milestone).where(Milestone.told_late == day, Milestone.number == 2))
        ).one()
        milestone.due_on = day + timedelta(days=13)
    assert await note_late(quiet_world) == 0
    quiet_world.now.advance(days=3)
    assert await note_late(quiet_world) in (0, 1)  # the service's own scheduler may have been first
    assert len([who for who, _ in await written(quiet_world) if who == "clock"]) == 2


async def test_milestones_done_or_late_for_long_are_not_reported(quiet_world: World) -> None:
    await add_plan(quiet_world)
    data = Statuses.model_validate({"operational": assessment("done")})
    async with quiet_world.db.transaction() as session:
        await write.assess(session, CODE, 3, data, milestone=2, who="amina", now=quiet_world.now())
        for each in await session.scalars(select(Milestone)):
            each.told_late = None
            if each.due_on is not None and each.number == 3:
                each.due_on -= timedelta(days=90)
    assert await note_late(quiet_world) == 0
    assert await written(quiet_world) == []
