"""Closing rewrites ballots within the database: the same ballots, in another order, whatever closed before."""

from __future__ import annotations

import hashlib
import random

from sqlalchemy import event, select

from api.consultations.models import Answer, Ballot, Consultation
from tests.ballots import stuff
from tests.consultations import main_consultation
from tests.world import World


async def closing(world: World, code: str, people: int) -> int:
    """Close a consultation with this many ballots; return the number of statements and parameter rows that took."""
    await stuff(world, [("01.571", "sms", False, (place % 3, place % 2)) for place in range(people)], code)
    sent = 0

    def count(*args: object) -> None:
        nonlocal sent
        rows = args[3]
        sent += len(rows) if isinstance(rows, list) else 1

    event.listen(world.db.engine.sync_engine, "before_cursor_execute", count)
    await world.close(code)
    event.remove(world.db.engine.sync_engine, "before_cursor_execute", count)
    return sent


async def test_closing_costs_the_same_statements_however_many_ballots(quiet_world: World) -> None:
    await quiet_world.open({**main_consultation(), "code": "second"})
    few, many = await closing(quiet_world, "plan", 3), await closing(quiet_world, "second", 300)
    assert few == many


async def test_two_closings_after_another_keep_each_its_ballots(quiet_world: World) -> None:
    await quiet_world.open({**main_consultation(), "code": "second"})
    facts = (Ballot.receipt, Answer.question_id, Answer.rank, Answer.value)
    for code in ("plan", "second"):
        people = [("01.571", random.Random(place).choice(("sms", "telegram")), False, (1, 0)) for place in range(20)]
        await stuff(quiet_world, people, code)
    every = (
        select(*facts, Consultation.code)
        .join(Answer, Answer.ballot_id == Ballot.id)
        .join(Consultation, Consultation.id == Ballot.consultation_id)
    )
    async with quiet_world.db.transaction() as session:
        before = sorted(map(tuple, await session.execute(every)))
    for code in ("plan", "second"):
        await quiet_world.close(code)
    async with quiet_world.db.transaction() as session:
        assert sorted(map(tuple, await session.execute(every))) == before
        ballots = list(await session.execute(select(Ballot.voter, Ballot.receipt)))
    assert len(ballots) == 40
    assert all(bytes(voter) == receipt.encode() for voter, receipt in ballots)
    for code in ("plan", "second"):
        text = (await quiet_world.http.get(f"/consultations/{code}/receipts.txt")).text
        page = (await quiet_world.http.get(f"/consultations/{code}/receipts")).text
        assert hashlib.sha256(text.encode()).hexdigest() in page
        assert text.splitlines()[0] == f"sawt-receipts 1 {code} 20"
