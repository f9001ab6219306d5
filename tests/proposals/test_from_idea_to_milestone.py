"""The whole chain over real HTTP: an idea by SMS in Tamazight wins a vote and is done; its author hears each step."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import select

from api.commitments.models import Milestone
from sms.segments import count
from tests.api.office import call
from tests.catalogs import listed
from tests.commitments.plans import assessment, plan
from tests.consultations import words
from tests.journeys.test_ideas import SAID, person_at_rest, send_idea
from tests.people import Person, joined
from tests.proposals.office import by_day, draft, get, post
from tests.world import World

CODE = "plan-x"
BUDGETS = {name: entry["segments"] for name, entry in listed().items()}


class Author:
    """An author and the notifications they got, each in the catalog's words and within its budget."""

    def __init__(self, world: World, person: Person) -> None:
        self.world, self.person, self.heard = world, person, list[str]()

    async def hears(self, message: str, **values: object) -> None:
        before = self.person.count
        await self.world.deliver()
        assert self.person.count == before + 1, message
        assert self.person.heard == self.person.words(message, **values)
        if self.person.channel == "sms":
            assert count(self.person.heard).parts <= BUDGETS[message], self.person.heard
        self.heard.append(message)


async def planned(world: World) -> None:
    """Add a plan with a commitment that has two milestones."""
    step = [{"number": place, "title": words(f"step {place}"), "due_on": "2027-01-31"} for place in (1, 2)]
    body = {"number": 3, "title": words("water"), "label": words("water"), "milestones": step}
    for path, json in (("plans", plan(CODE)), (f"plans/{CODE}/commitments", body)):
        assert (await call(world, "PUT", f"/v1/{path}", json=json)).status_code == 200


async def proposed(world: World, author: Author, code: str) -> tuple[int, int]:
    """Submit their idea, read it, and make a published proposal of it; return both numbers."""
    number = (await send_idea(world, author.person)).id
    await post(world, f"ideas/{number}/read")
    await author.hears("idea.read", number=number)
    other = (await post(world, "proposals", **draft(code, number)))["number"]
    await post(world, f"proposals/{code}/publish")
    await author.hears("idea.proposal", number=number, other=other, title=author.person.words_of(words(code)))
    return number, other


async def vote(world: World) -> None:
    """Vote as three people, on both channels and in all languages: two for the first proposal, one for both."""
    for channel, language, choice in (("sms", "zgh", "1"), ("telegram", "fr", "1"), ("sms", "ar", "1 2")):
        voter = await joined(world, channel, language)
        assert voter.words("round.ask") in voter.heard
        await voter.say(choice)
    (question,) = (await get(world, "consultations/round-1/results"))["questions"]
    assert [each["count"] for each in question["answers"]] == [3, 1]


async def close(world: World, *, by_itself: bool) -> None:
    """Close the round: by staff, or by the service's scheduler when its time comes."""
    if not by_itself:
        assert (await call(world, "POST", "/v1/consultations/round-1/close")).status_code == 200
        return
    world.now.advance(hours=1, seconds=1)
    async with asyncio.timeout(60):
        while (await get(world, "consultations/round-1"))["state"] != "closed":  # noqa: ASYNC110 - the service closes it
            await asyncio.sleep(0.05)


async def done(world: World, milestone: int) -> None:
    """Record as staff that a milestone is done, and wait until the service's scheduler has announced it."""
    body = {"operational": assessment("done")}
    path = f"/v1/plans/{CODE}/commitments/3/assessments"
    answer = await call(world, "POST", path, json=body, params={"milestone": milestone})
    assert answer.status_code == 201, answer.text
    async with asyncio.timeout(60):
        while not await _told(world, milestone):  # noqa: ASYNC110 - the service announces it
            await asyncio.sleep(0.05)


async def _told(world: World, milestone: int) -> bool:
    async with world.db.transaction() as session:
        told_at = await session.scalar(select(Milestone.told_at).where(Milestone.number == milestone))
        return told_at is not None


@pytest.mark.parametrize(("channel", "language"), [("sms", "zgh"), ("telegram", "ar")])
async def test_the_author_hears_of_every_step(ticking_world: World, channel: str, language: str) -> None:
    world = ticking_world
    by_day(world)
    await planned(world)
    author = Author(world, await person_at_rest(world, channel, language))
    loser = Author(world, await person_at_rest(world, "sms", "fr"))
    number, other = await proposed(world, author, "well")
    lost, passed = await proposed(world, loser, "bridge")
    assert (await call(world, "POST", "/v1/consultations/plan/close")).status_code == 200
    body = {"code": "round-1", "proposals": [other, passed], "kind": "approve", "threshold": 2}
    body["closes_at"] = world.now.later(hours=1).isoformat()
    assert (await call(world, "POST", "/v1/rounds", json=body)).status_code == 201
    assert (await call(world, "POST", "/v1/consultations/round-1/open")).status_code == 200
    await vote(world)
    await close(world, by_itself=channel == "telegram")
    title = author.person.words_of(words("well"))
    await author.hears("idea.chosen", number=number, other=other, title=title)
    title = loser.person.words_of(words("bridge"))
    assert loser.person.heard == loser.person.words("idea.not_chosen", number=lost, other=passed, title=title)
    await post(world, "proposals/well/commit", plan=CODE, number=3)
    title = author.person.words_of(words("water"))
    committed = {"number": number, "proposal": other, "other": 3, "title": title}
    await author.hears("idea.committed", **committed)
    await done(world, 1)
    title = author.person.words_of(words("step 1"))
    await author.hears("idea.milestone", number=number, other=3, title=title)
    assert author.heard == ["idea.read", "idea.proposal", "idea.chosen", "idea.committed", "idea.milestone"]
    await author.person.say(f"{SAID[language].idea} {number}")
    assert author.person.heard.startswith(author.person.words("idea.committed", **committed))
    steps = [each["step"] for each in (await get(world, "proposals/well"))["steps"]]
    assert steps == ["create", "publish", "choose", "commit"]
    assert [each["who"] for each in (await get(world, "proposals/bridge"))["steps"]][-1] == "vote"
