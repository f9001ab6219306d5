"""A person's own words, typed by an agent in several SMS, are one answer; their token is kept for seconds."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from api.consultations.models import Answer, Ballot
from api.conversations import retention
from api.conversations.agent_sessions import AgentSession
from api.conversations.models import Conversation
from sawt.compose import catalogs
from tests.agents.test_assisting import ballots, code
from tests.ballots import ballots_of
from tests.consultations import question, words
from tests.direct import DirectPerson
from tests.journeys.test_votes_counted_as_given import open_only, voter
from tests.world import World

channels = pytest.mark.parametrize("channel", ["sms", "telegram"])
VOICE = catalogs().voice("fr")
FIRST = VOICE("assist.for", number=1)
WITHIN = timedelta(seconds=5)
LONG = "La route de la vallée est coupée depuis deux ans et personne ne vient. " * 5


async def helping(world: World, channel: str, *asked: dict[str, Any]) -> DirectPerson:
    """An agent at the first question of the first person."""
    await open_only(world, {"code": "round", "title": words("round"), "questions": list(asked)})
    agent = await voter(world, channel)
    agent.dialogue = replace(agent.dialogue, context=replace(agent.dialogue.context, parts_within=WITHIN))
    await agent.say(f"AGENT {await code(world)}")
    return agent


async def texts(world: World) -> list[str]:
    """What people said in their own words, oldest ballot first."""
    async with world.db.transaction() as session:
        query = select(Answer.value).join(Ballot).where(Answer.value.not_in(["yes", "no"])).order_by(Ballot.id)
        return list(await session.scalars(query))


async def stored_session(world: World) -> AgentSession:
    """The agent's session."""
    async with world.db.transaction() as session:
        stored = await session.scalars(select(Conversation.assisting))
        return next(each for each in stored if each is not None)


@channels
async def test_a_second_text_joins_the_last_answer_of_the_person_who_is_done(quiet_world: World, channel: str) -> None:
    agent = await helping(quiet_world, channel, question("yes_no"), question("text"))
    for text in ("oui", "il faut", "un hôpital"):
        await agent.say(text)
        quiet_world.now.advance(seconds=2)
    assert agent.heard.startswith(f"{FIRST} {VOICE('text.joined', said='un hôpital')}")
    assert VOICE("assist.ask") in agent.heard
    await agent.say("près du souk")
    assert await texts(quiet_world) == ["il faut un hôpital près du souk"]
    assert len(await ballots(quiet_world)) == 1
    assert await ballots_of(quiet_world, channel, agent.address) == []
    await agent.say("suivant")
    assert VOICE("assist.begin", number=2) in agent.heard


async def test_parts_of_a_long_sms_are_one_answer(quiet_world: World) -> None:
    agent = await helping(quiet_world, "sms", question("text"))
    for start in range(0, len(LONG), 153):
        await agent.say(LONG[start : start + 153])
        quiet_world.now.advance(seconds=1)
    assert await texts(quiet_world) == [LONG.strip()]


@channels
async def test_a_second_text_joins_amid_a_ballot_too(quiet_world: World, channel: str) -> None:
    agent = await helping(quiet_world, channel, question("text"), question("yes_no"))
    for text in ("la route", "et le pont"):
        await agent.say(text)
    assert FIRST in agent.heard
    assert "2/2" in agent.heard
    assert await texts(quiet_world) == ["la route et le pont"]


@channels
@pytest.mark.parametrize("between", ["later", "suivant"])
async def test_what_comes_later_or_of_the_next_person_joins_nothing(
    quiet_world: World, channel: str, between: str
) -> None:
    agent = await helping(quiet_world, channel, question("yes_no"), question("text"))
    for text in ("oui", "une route"):
        await agent.say(text)
    if between == "later":
        quiet_world.now.advance(seconds=6)
    else:
        await agent.say(between)
    await agent.say("un pont")
    assert await texts(quiet_world) == ["une route"]


async def test_the_token_of_who_is_done_is_kept_for_seconds(quiet_world: World) -> None:
    agent = await helping(quiet_world, "sms", question("yes_no"), question("text"))
    await agent.say("oui")
    await agent.say("passer")
    assert (await stored_session(quiet_world)).last is None  # no text: no part can follow
    for text in ("suivant", "oui", "une route"):
        await agent.say(text)
    assert (await stored_session(quiet_world)).last is not None
    for seconds, kept in ((4, True), (2, False)):
        quiet_world.now.advance(seconds=seconds)
        async with quiet_world.db.transaction() as session:
            await retention.forget(session, now=quiet_world.now())
        assert ((await stored_session(quiet_world)).last is not None) is kept


async def test_it_goes_with_the_closing(quiet_world: World) -> None:
    agent = await helping(quiet_world, "sms", question("text"))
    await agent.say("une route")
    await quiet_world.close("round")
    async with quiet_world.db.transaction() as session:
        await retention.forget(session, now=quiet_world.now())
    assert (await stored_session(quiet_world)).last is None
    await agent.say("un pont")
    assert (await stored_session(quiet_world)).own
