"""Answers stored for repeated requests contain nothing of an erased person: not their letter, not their number."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from api.idempotency import Repeat
from api.workflows import residents as workflow_residents
from tests.api.office import call
from tests.ballots import resident_of
from tests.desk.test_letters import QUESTION, WORD, arrived
from tests.world import World


@pytest.mark.parametrize("by", ["staff", "resident"])
async def test_an_answer_is_not_repeated_once_its_author_was_erased(quiet_world: World, by: str) -> None:
    author = await arrived(quiet_world)
    for text in (WORD["fr"], QUESTION, "oui"):
        await author.say(text)
    path, data = "/v1/desk/1/answer", {"text": "Oui, le bus passe."}

    async def answer() -> tuple[int, str]:
        response = await call(quiet_world, "POST", path, json=data, headers={"Idempotency-Key": "mine"})
        return response.status_code, response.text

    status, body = await answer()
    assert status == 200
    assert QUESTION in body
    assert await answer() == (status, body)
    if by == "resident":
        for text in ("mes données", "1", "oui"):
            await author.say(text)
    else:
        resident = await resident_of(quiet_world, author.channel, author.address)
        assert resident is not None
        async with quiet_world.db.transaction() as session:
            await workflow_residents.erase(session, await session.merge(resident), now=quiet_world.now())
    status, body = await answer()
    assert status == 409
    assert QUESTION not in body
    async with quiet_world.db.transaction() as session:
        assert list(await session.scalars(select(Repeat.answer))) == [b""]
