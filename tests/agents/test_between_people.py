"""Between two people an agent is led to the next one, or told that it is over; their own ballot stays theirs."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from api.consultations.models import Answer, Ballot
from tests.agents.test_assisting import answer, code
from tests.consultations import question, vote, words
from tests.journeys.test_main_job import RECEIPT
from tests.journeys.test_votes_counted_as_given import voter
from tests.meetings.test_journeys import texts
from tests.people import TelegramPerson, joined
from tests.world import World


@pytest.mark.parametrize("way", ["done", "later"])
@pytest.mark.parametrize("channel", ["sms", "telegram"])
async def test_after_some_statements_comes_the_next_person(own_world: World, channel: str, way: str) -> None:
    await own_world.close("plan")
    await own_world.open(vote("statements", options=6, sitting=2))
    agent_code, agent = await code(own_world), await joined(own_world, channel, "fr")
    await agent.say(f"AGENT {agent_code}")
    for number in (1, 2):
        assert agent.words("assist.begin", number=number) in texts(agent)[-1]
        await agent.pick(1)
        if way == "later":  # after two of them a pause is offered
            await agent.pick(1)
            await agent.pick(2)
        else:
            await agent.way(way)
        assert agent.words("assist.ask") in texts(agent)[-1]
        await agent.pick(1)
    async with own_world.db.transaction() as session:
        cast = (await session.execute(select(Ballot.assisted, Ballot.complete))).all()
    assert [tuple(each) for each in cast] == [(True, True)] * 2


@pytest.mark.parametrize("text", ["VERIFIER {receipt}", "STATUT 99", "IDEE 99"])
async def test_what_an_agent_looks_up_between_two_people_leads_back_to_them(own_world: World, text: str) -> None:
    agent_code, agent = await code(own_world), await joined(own_world, "sms", "fr")
    await agent.say(f"AGENT {agent_code}")
    receipt = await answer(agent, 1)
    await agent.say(text.format(receipt=receipt))
    assert agent.words("assist.ask") in agent.heard
    await agent.say("suivant")
    assert agent.words("assist.begin", number=2) in agent.heard


@pytest.mark.parametrize("between", [True, False])
async def test_words_that_come_too_late_are_no_answer_of_the_agents_own(own_world: World, between: bool) -> None:
    agent_code, agent = await code(own_world), await joined(own_world, "sms", "fr")
    for _ in range(3):
        await agent.pick(1)  # up to the free-text question
    await agent.say(f"AGENT {agent_code}")
    if between:
        await answer(agent, 1)
    own_world.now.advance(hours=3)
    await agent.say("1")
    assert agent.heard.startswith(agent.words("assist.over"))
    assert "4/4" in agent.heard
    async with own_world.db.transaction() as session:
        own = (await session.scalars(select(Ballot).where(Ballot.assisted.is_(False)))).one()
    assert not own.complete
    await agent.say("la route")
    assert RECEIPT.search(agent.heard)


async def test_late_words_of_one_person_are_on_no_other_persons_ballot(own_world: World) -> None:
    agent_code, agent = await code(own_world), await joined(own_world, "telegram", "fr")
    assert isinstance(agent, TelegramPerson)
    await agent.pick(1)  # the agent's own answer
    own_world.now.advance(minutes=5)
    await agent.say(f"AGENT {agent_code}")
    await agent.pick(2)
    own_world.now.advance(minutes=5)
    first = agent.user.last.message_id
    for text in ("oui", "4", "un pont"):
        await agent.say(text)
    await agent.pick(1)  # the next person
    own_world.now.advance(minutes=5)
    for more in ({"ago": 900}, {"ago": 500}, {"reply_to": first}):
        await agent.user.send("non", **more)
        await own_world.network.settled()
        assert "1/4" in agent.heard
    async with own_world.db.transaction() as session:
        values = (await session.scalars(select(Answer.value).where(Answer.value.in_(("yes", "no"))))).all()
    assert values == ["yes"]


@pytest.mark.parametrize(
    "text",
    [
        "FIN DE L'AIDE", "fin de l’aide.", "Fin de l aide", "fin aide", "إنهاء المساعدة", "انهاء المساعده",
        "ⵙⵎⴷ ⵜⵉⵡⵉⵙⵉ", "SMD TIWISI",
    ],
)  # fmt: skip
async def test_the_words_that_end_helping_are_no_answer_in_a_persons_questions(quiet_world: World, text: str) -> None:
    asked = [question("single", options=3), question("text"), question("number", low=0, high=9)]
    await quiet_world.close("plan")
    await quiet_world.open({"code": "three", "title": words("three"), "questions": asked})
    agent_code, agent = await code(quiet_world), await voter(quiet_world, "sms")
    for answers in ((), ("1",), ("1", "une route")):
        await agent.say(f"AGENT {agent_code}")
        for each in answers:
            await agent.say(each)
        await agent.say(text)
        assert agent.heard.startswith(agent.words("assist.over")), answers
    async with quiet_world.db.transaction() as session:
        values = list(await session.scalars(select(Answer.value)))
    assert sorted(values) == ["4", "4", "une route"]  # earlier answers, as numbers of options
