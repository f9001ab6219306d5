"""Launching reads the audience once: one statement classifies everyone and queues the deliveries."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Engine, event, func, select

from api.campaigns import actions
from api.consultations.models import Participation
from api.errors import Invalid
from api.outbox.models import Body, StateCount
from tests.campaigns.crowd import resident
from tests.campaigns.office import INVITATION, clock, make, state, states, take
from tests.terminal import Terminal
from tests.world import World


@contextmanager
def classifying(engine: type[Engine] | Engine = Engine) -> Iterator[list[str]]:
    """The statements that classify an audience, by the first word of each, while the block runs."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if "planned AS MATERIALIZED" in statement:
            seen.append(statement.split()[0])

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


async def approved(world: World) -> int:
    """A campaign to two people that only has to be launched."""
    await resident(world)
    await resident(world, channels=("sms", "telegram"))
    campaign = await make(world, INVITATION)
    await take(world, campaign, "submit", "approve")
    return campaign


async def test_each_action_reads_the_audience_once(desk: World) -> None:
    await resident(desk)
    await resident(desk, channels=("sms", "telegram"))
    campaign = await make(desk, INVITATION)
    for action, statements in (("submit", ["SELECT"]), ("approve", ["SELECT"]), ("launch", ["INSERT"])):
        with classifying(desk.db.engine.sync_engine) as seen:
            await take(desk, campaign, action)
        assert seen == statements, action
    assert await states(desk, campaign) == ["queued", "queued"]


async def test_a_launch_that_costs_too_much_is_undone_and_revised(desk: World) -> None:
    campaign = await approved(desk)
    async with desk.db.transaction() as session:
        await actions.budget(session, campaign, amount=0, kit=desk.kit, who="idir", now=desk.now())
    with classifying(desk.db.engine.sync_engine) as seen, pytest.raises(Invalid, match="price of an SMS is unknown"):
        await take(desk, campaign, "launch")
    assert seen == ["INSERT"]
    async with desk.db.transaction() as session:
        at = desk.now.later(minutes=1)
        await actions.schedule(session, campaign, at=at, who="idir", now=desk.now())
    desk.now.advance(minutes=1)
    await clock(desk)  # catches the error and commits what remains
    assert (await state(desk, campaign), await states(desk, campaign)) == ("draft", [])
    async with desk.db.transaction() as session:
        for table in (Body, StateCount, Participation):
            assert await session.scalar(select(func.count()).select_from(table)) == 0


async def test_the_command_line_reads_it_once(desk: World, terminal: Terminal) -> None:
    campaign = await approved(desk)
    with classifying() as seen:
        await terminal("campaign", "launch", str(campaign), "--yes", who="idir")
    assert seen == ["INSERT"]
