"""After closing it is known who cast a ballot, but of nobody how far they came: "answered" means answered."""

from __future__ import annotations

from sqlalchemy import func, select

from api.campaigns.audience.conditions import condition
from api.campaigns.audience.definition import Audience
from api.consultations.models import Ballot
from api.residents.models import Address, Resident
from tests.people import Person, joined
from tests.world import World


async def _number(world: World) -> int:
    """The resident who joined last."""
    async with world.db.transaction() as session:
        return await session.scalar(select(func.max(Address.resident_id))) or 0


async def _newcomer(world: World, *messages: str) -> tuple[Person, int]:
    person = await joined(world, "sms", "fr")
    for text in messages:
        await person.say(text)
    return person, await _number(world)


async def _selected(world: World, audience: dict[str, str]) -> set[int]:
    async with world.db.transaction() as session:
        query = select(Resident.id).where(condition(Audience.model_validate(audience)))
        return set(await session.scalars(query))


async def test_answered_are_those_who_gave_a_ballot(own_world: World) -> None:
    _, through = await _newcomer(own_world, "1", "1", "4", "la route")
    _, partly = await _newcomer(own_world, "2")
    _, only_began = await _newcomer(own_world)
    _, passed_over = await _newcomer(own_world, "passer", "passer", "passer", "passer")
    assert await _selected(own_world, {"answered": "plan"}) == {through}
    assert await _selected(own_world, {"begun": "plan"}) == {partly, only_began, passed_over}
    await own_world.close("plan")
    assert await _selected(own_world, {"answered": "plan"}) == {through, partly}
    assert await _selected(own_world, {"begun": "plan"}) == set()
    assert await _selected(own_world, {"asked": "plan"}) == {only_began, passed_over}
    async with own_world.db.transaction() as session:
        assert await session.scalar(select(func.count()).select_from(Ballot)) == 2
