"""A recorded request, sent again at the moment its row is deleted, is still recognised."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from api.inbound.models import Heard, Inbound
from api.outbox import retention
from api.residents.models import Resident
from tests.direct import DirectPerson, new_id
from tests.linking.test_at_once import at_first_question
from tests.locks import until_waiting
from tests.world import KEYRING, World


@pytest.mark.parametrize("known", [True, False], ids=["who wrote it", "a number nobody knows"])
async def test_a_replay_that_waits_for_the_deletion_changes_nothing(quiet_world: World, known: bool) -> None:
    person, sid = await at_first_question(quiet_world, "sms"), new_id()
    await person.say("1", external_id=sid)
    again = person if known else DirectPerson.new(quiet_world, "sms")
    quiet_world.now.advance(days=3)
    async with quiet_world.db.transaction() as session:
        await retention.delete_inbound(session, keyring=KEYRING, before=quiet_world.now() - timedelta(days=2))
        replay = asyncio.create_task(again.say("1", external_id=sid))  # its statement cannot see the hash yet
        await until_waiting(quiet_world, 1)
    assert await replay == []
    async with quiet_world.db.transaction() as session:
        assert await session.scalar(select(func.count()).select_from(Inbound)) == 0
        assert await session.scalar(select(func.count()).select_from(Heard)) == 5
        assert await session.scalar(select(func.count()).select_from(Resident)) == 1
    assert (await quiet_world.results()).questions[1].values_given == 0
