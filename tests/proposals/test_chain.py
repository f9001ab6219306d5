"""The chain from an idea to a commitment, followed both ways by residents and staff; and the lists of proposals."""

from __future__ import annotations

import pytest

from api.commitments import service as commitments
from api.commitments.schemas import PlanIn
from api.proposals import service
from tests.commitments.plans import plan, put
from tests.consultations import words
from tests.journeys.test_commitments import STATUS
from tests.journeys.test_ideas import SAID, person_at_rest, send_idea
from tests.people import Person
from tests.proposals.office import draft, get, post
from tests.world import World

ANSWER = {"ar": "نعم", "fr": "Oui, en 2027", "zgh": "ⵢⴰⵀ"}

pytestmark = pytest.mark.parametrize(("channel", "language"), [("telegram", "ar"), ("sms", "fr"), ("sms", "zgh")])


@pytest.fixture
async def person(own_world: World, channel: str, language: str) -> Person:
    async with own_world.db.transaction() as session:
        await commitments.save_plan(session, PlanIn.model_validate(plan("plan-x")), who="amina", now=own_world.now())
        for place, title in enumerate(("one", "two"), start=1):
            await put(own_world, session, {"number": place, "title": words(title)}, code="plan-x")
    return await person_at_rest(own_world, channel, language)


async def heard(world: World, person: Person) -> str:
    """Return the one message that the service sends them now."""
    before = person.count
    await world.deliver()
    assert person.count == before + 1
    return person.heard


async def test_the_chain_is_read_both_ways(own_world: World, person: Person, language: str) -> None:
    world, number = own_world, (await send_idea(own_world, person)).id
    await post(world, f"ideas/{number}/read")
    proposal = await post(world, "proposals", **draft("well", number))
    await post(world, "proposals/well/publish")
    await post(world, "proposals/well/commit", plan="plan-x", number=1)
    page = await get(world, f"ideas/{number}")
    assert (page["proposal"], page["commitment"]["plan"], page["commitment"]["number"]) == ("well", "plan-x", 1)
    details = await get(world, "proposals/well")
    assert (details["ideas"], details["commitment"]["number"], details["state"]) == ([number], 1, "committed")
    assert [each["step"] for each in details["steps"]] == ["create", "publish", "commit"]
    assert [each["code"] for each in (await get(world, "proposals?commitment=plan-x/1"))["items"]] == ["well"]
    assert (await get(world, "proposals?commitment=plan-x/2"))["items"] == []
    async with world.db.transaction() as session:
        into = (await commitments.commitment(session, "plan-x", 1)).commitment
        (back,) = (await service.origins(session, [into.id]))[into.id]
        assert (back.proposal, back.code, back.ideas) == (proposal["number"], "well", [number])
        assert [each.code for each in await service.get_proposals(session, ["well"])] == ["well"]
    (shown,) = (await get(world, "plans/plan-x/commitments/1"))["came_from"]
    assert (shown["proposal"], shown["ideas"]) == (proposal["number"], [number])
    assert [len(each["came_from"]) for each in (await get(world, "plans/plan-x/commitments"))["items"]] == [1, 0]
    await person.say(f"{STATUS[language]} 1")
    ideas = person.words("status.ideas.named", count=1, numbers=str(number))
    assert person.words("status.ideas", count=1, other=str(proposal["number"]), ideas=ideas) in person.heard
    await person.say(f"{SAID[language].idea} {number}")
    committed = {"number": number, "proposal": proposal["number"], "other": 1, "title": words("one")[language]}
    assert person.heard.startswith(person.words("idea.committed", **committed))
    await person.say({"ar": "مقترح", "fr": "PROPOSITION", "zgh": "ⵜⴰⵙⵓⵎⵔⵜ"}[language] + f" {proposal['number']}")
    shown = person.heard
    assert person.words("proposal.ideas", count=1, numbers=str(number)) in shown
    assert person.words("proposal.committed", other=1, title=words("one")[language]) in shown


async def test_proposals_are_listed_and_chosen_from(own_world: World, person: Person, language: str) -> None:
    word = {"ar": "مقترحات", "fr": "propositions", "zgh": "ⵜⵉⵙⵓⵎⴰⵔ"}[language]
    await person.say(word)
    assert person.heard.startswith(person.words("proposal.none"))
    for code in ("first", "second", "hidden"):
        await post(own_world, "proposals", **draft(code))
    for code in ("first", "second"):
        await post(own_world, f"proposals/{code}/publish")
    await person.say(word)
    assert person.heard.startswith(person.words("proposal.list"))
    await person.pick(2)
    number = (await get(own_world, "proposals/first"))["number"]
    title, text = words("first")[language], words("long")[language]
    assert person.heard.startswith(person.words("proposal.shown", number=number, title=title, text=text))
    hidden = (await get(own_world, "proposals/hidden"))["number"]
    await person.say(f"{word} {hidden}")
    assert person.heard.startswith(person.words("proposal.unknown"))


async def test_a_withdrawn_proposal_gives_its_ideas_back(own_world: World, person: Person) -> None:
    world, number = own_world, (await send_idea(own_world, person)).id
    await post(world, f"ideas/{number}/read")
    proposal = await post(world, "proposals", **draft("well", number))
    await post(world, "proposals/well/publish")
    await world.deliver()
    await post(world, "proposals/well/withdraw")
    withdrawn = person.words("idea.withdrawn", number=number, other=proposal["number"])
    assert await heard(world, person) == withdrawn
    assert (await get(world, f"ideas/{number}"))["state"] == "read"
    await post(world, "proposals", **draft("again", number))
