"""Any sequence of texts and taps in votes on proposals: no failure, no dead end, one ballot, never too many points."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from api.consultations.models import Answer
from api.consultations.option_values import option_of, points
from tests.ballots import ballots_of
from tests.conftest import Databases
from tests.consultations import main_consultation
from tests.direct import DirectPerson, questions_of
from tests.examples import examples
from tests.journeys.anything import Gesture, gestures, rounds
from tests.journeys.test_any_sequence import Wild, channels, comes_to_the_end
from tests.wire.checker import WireChecker
from tests.world import living


@pytest.fixture(scope="module")
async def votes(databases: Databases, checker: WireChecker) -> AsyncIterator[Wild]:
    async with living(await databases.fresh(), checker, consultation={**rounds(), "code": "wide"}) as world:
        await world.open({**main_consultation(), "code": "closed"})
        await world.close("closed")
        await world.open({**main_consultation(), "code": "second"})
        yield Wild(world, await questions_of(world))


@channels
@examples(30)
@given(depth=st.integers(3, 12), sequence=gestures())
async def test_votes_come_to_an_end_and_hold_what_their_rules_allow(
    votes: Wild, channel: str, depth: int, sequence: list[Gesture]
) -> None:
    person: list[DirectPerson] = []

    async def coming() -> DirectPerson:
        person.append(await votes.person(channel, depth))
        return person[0]

    await comes_to_the_end(votes, coming(), sequence)
    mine = [ballot.id for _, ballot in await ballots_of(votes.world, channel, person[0].address)]
    async with votes.world.db.transaction() as session:
        rows = list(await session.scalars(select(Answer).where(Answer.ballot_id.in_(mine))))
    for number, question in votes.questions.items():
        values = [row.value for row in rows if str(row.question_id) == number]
        assert len({option_of(value) for value in values}) == len(values)
        assert sum(map(points, values)) <= question.total or not question.total
