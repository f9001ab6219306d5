"""A milestone that is done is announced to the authors of its ideas: once, however often and by whomever."""

from __future__ import annotations

import asyncio

from sqlalchemy import select

from api.commitments.models import Commitment, Milestone, Plan
from api.proposals import notifications
from api.proposals.context import ProposalContext
from sawt.compose import catalogs
from tests.api.office import call
from tests.campaigns.crowd import resident
from tests.campaigns.test_clockwork import five_at_once
from tests.commitments.plans import add_plan, assessment, plan
from tests.consultations import words
from tests.proposals.office import post, published, told
from tests.world import KEYRING, World

CODE = "plan-done"
CATALOGS = catalogs()


async def assessed(world: World, status: str, on: str) -> None:
    path = f"/v1/plans/{CODE}/commitments/1/assessments"
    answer = await call(world, "POST", path, json={"operational": assessment(status, on)}, params={"milestone": 1})
    assert answer.status_code == 201, answer.text


async def announced(world: World) -> None:
    """Let five processes look at once, besides the service's own scheduler; return once it is announced."""
    context = ProposalContext(CATALOGS, KEYRING)
    await five_at_once(
        world, lambda session, now: notifications.tell_milestones_done(session, context=context, now=now)
    )
    statement = (
        select(Milestone.told_at)
        .join(Commitment, Commitment.id == Milestone.commitment_id)
        .join(Plan, Plan.id == Commitment.plan_id)
        .where(Plan.code == CODE)
    )
    async with asyncio.timeout(60):
        while True:
            async with world.db.transaction() as session:
                if await session.scalar(statement) is not None:
                    return
            await asyncio.sleep(0.05)


async def test_it_is_announced_once(world: World) -> None:
    await add_plan(world)
    await call(world, "PUT", "/v1/plans", json={**plan(CODE), "scope": "national"})
    body = {"number": 1, "title": words("x"), "milestones": [{"number": 1, "title": words("step")}]}
    await call(world, "PUT", f"/v1/plans/{CODE}/commitments", json=body)
    author, other = await resident(world), await resident(world)
    await published(world, "done-one", "done-two", author=author)
    await published(world, "done-three", author=other)
    for code in ("done-one", "done-two", "done-three"):
        await post(world, f"proposals/{code}/commit", plan=CODE, number=1)
    before = [len(await told(world, each)) for each in (author, other)]
    await assessed(world, "on_track", "2026-10-01")
    await assessed(world, "done", "2026-10-02")
    await announced(world)
    await assessed(world, "on_track", "2026-10-03")
    await assessed(world, "done", "2026-10-04")
    await announced(world)
    news = [(await told(world, each))[count:] for each, count in zip((author, other), before, strict=True)]
    assert [len(each) for each in news] == [1, 1]
    assert all(words("step")["fr"] in each[0] for each in news)
