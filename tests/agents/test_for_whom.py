"""However a vote is begun while somebody answers for others, it is for the person helped, and each message says so."""

from __future__ import annotations

import pytest

from sawt.compose import catalogs
from tests.agents.test_assisting import ballots, code
from tests.consultations import question, vote, words
from tests.direct import DirectPerson
from tests.journeys.anything import RECEIPT
from tests.journeys.test_votes_counted_as_given import voter
from tests.world import World

channels = pytest.mark.parametrize("channel", ["sms", "telegram"])
VOICE = catalogs().voice("fr")


async def agent_of(world: World, channel: str) -> DirectPerson:
    """An agent who has just entered their code; two consultations are open."""
    await world.open(vote("several"))
    agent = await voter(world, channel)
    await agent.say(f"AGENT {await code(world)}")
    assert agent.heard.startswith(VOICE("assist.on"))
    return agent


BEGINNINGS = ("ROUND", "START ROUND", "texte round", "2", "round!")


@channels
@pytest.mark.parametrize("begun_by", BEGINNINGS)
async def test_a_vote_by_any_name_is_the_persons(own_world: World, channel: str, begun_by: str) -> None:
    agent = await agent_of(own_world, channel)
    await agent.say(begun_by)
    assert VOICE("assist.begin", number=1) in agent.heard
    await agent.say("1 2")
    first = RECEIPT.search(agent.heard)
    assert first is not None
    assert VOICE("assist.done", receipt=first.group()) in agent.heard
    assert VOICE("echo", said="texte option 1, texte option 2") in agent.heard
    await agent.say("ROUND")
    assert VOICE("assist.begin", number=2) in agent.heard
    await agent.say("3 4")
    second = RECEIPT.search(agent.heard)
    assert second is not None
    assert second.group() != first.group()
    assert [each.assisted for each in await ballots(own_world)] == [True, True]
    await agent.say("non")  # nobody else
    assert VOICE("assist.over") in agent.heard
    await agent.say("ROUND")
    await agent.say("5 6")
    assert sorted(each.assisted for each in await ballots(own_world)) == [False, True, True]


async def test_an_old_button_of_an_invitation_is_the_persons_too(own_world: World) -> None:
    agent = await agent_of(own_world, "telegram")
    await agent.tap("open:round")
    assert VOICE("assist.begin", number=1) in agent.heard
    await agent.say("1 2")
    assert [each.assisted for each in await ballots(own_world)] == [True]


@channels
async def test_each_question_says_for_whom_it_is(own_world: World, channel: str) -> None:
    asked = [question("yes_no"), question("yes_no"), question("text")]
    await own_world.open({"code": "three", "title": words("three"), "questions": asked})
    agent = await agent_of(own_world, channel)
    await agent.say("three")
    for text in ("oui", "xyzzy", "aide", "non", "retour"):
        await agent.say(text)
        assert VOICE("assist.for", number=1) in agent.heard, text


@channels
async def test_choices_one_by_one_are_the_persons_and_end_nothing(own_world: World, channel: str) -> None:
    agent = await agent_of(own_world, channel)
    await agent.say("round")
    for text in ("1", "3", "2"):
        await agent.say(text)
        assert VOICE("more.ask") in agent.heard
    await agent.say("valider")
    assert VOICE("echo", said="texte option 1, texte option 3, texte option 2") in agent.heard
    assert VOICE("assist.ask") in agent.heard


@channels
async def test_one_person_has_one_ballot_in_each_consultation(own_world: World, channel: str) -> None:
    agent = await agent_of(own_world, channel)
    for text in ("plan", "1", "round", "plan", "2", "oui", "4", "une route"):
        await agent.say(text)
    cast = await ballots(own_world)
    assert [(each.assisted, each.complete) for each in cast] == [(True, True)]
    counted = (await own_world.results()).questions[0].answers
    assert [each.count for each in counted] == [0, 1, 0]
    assert len({each.voter for each in cast}) == 1


@channels
async def test_the_agents_own_vote_is_not_changed_meanwhile(own_world: World, channel: str) -> None:
    await own_world.open(vote("several"))
    agent = await voter(own_world, channel)
    for text in ("round", "1 2", f"AGENT {await code(own_world)}", "changer", "MENU", "retour"):
        await agent.say(text)
        assert VOICE("change.intro") not in agent.heard
    await agent.tap("home:change")
    assert VOICE("change.intro") not in agent.heard
    await agent.say("round")
    assert VOICE("assist.begin", number=1) in agent.heard
