"""An agent answers for people: each has a ballot of their own, counted separately; the agent keeps their own vote."""

from __future__ import annotations

import asyncio
import base64
import re
from datetime import timedelta
from typing import Any

import pytest
import structlog
from sqlalchemy import select

from api.agents import service
from api.agents.models import Agent, AgentTry
from api.agents.schemas import AgentIn
from api.background.cleanup import sweeper
from api.consultations.models import Ballot, Consultation, Participation
from api.consultations.vault_keys.secrecy import secret_of
from api.conversations.models import Conversation
from api.residents.models import Resident
from api.security.crypto import voter_token
from tests.api.office import as_staff
from tests.ballots import grouped
from tests.journeys.test_main_job import RECEIPT
from tests.meetings.test_journeys import texts
from tests.people import FIRST, Person, TelegramPerson, joined
from tests.world import KEYRING, World

HEADERS = as_staff()
WORD = {"ar": "وكيل", "fr": "AGENT", "zgh": "agent"}


async def agents(world: World, path: str = "", *, status: int = 200, **payload: Any) -> Any:
    answer = await world.http.post(f"/v1/agents{path}", json=payload, headers=HEADERS)
    assert answer.status_code == status, answer.text
    return answer.json()


async def code(world: World, limit: int = 30) -> str:
    created = await agents(world, status=201, name="Association Amal", limit=limit, province="01.051")
    return str(created["code"])


async def answer(person: Person, choice: int) -> str:
    """Answer the four questions for whoever is asked; returns the receipt."""
    await person.pick(choice)
    await person.pick(1)
    await person.pick(4)
    await person.say("l'eau")
    match = RECEIPT.search(texts(person)[-1])
    assert match is not None, texts(person)[-1]
    return match.group()


async def ballots(world: World) -> list[Ballot]:
    async with world.db.transaction() as session:
        return list(await session.scalars(select(Ballot)))


@pytest.mark.parametrize("channel", ["sms", "telegram"])
@pytest.mark.parametrize("language", ["ar", "fr", "zgh"])
async def test_people_one_after_another_and_the_agent_last(own_world: World, channel: str, language: str) -> None:
    agent_code, agent = await code(own_world), await joined(own_world, channel, language)
    await agent.pick(3)  # the agent's own answer to the first question
    await agent.say(f"{WORD[language]} {agent_code}")
    receipts = []
    for number in (1, 2):
        assert agent.words("assist.begin", number=number) in texts(agent)[-1]
        assert "1/4" in texts(agent)[-1]
        receipts.append(await answer(agent, number))
        assert texts(agent)[-1].startswith(agent.words("assist.done", receipt=receipts[-1]))
        assert agent.words("assist.next") in str(
            agent.user.last.buttons if isinstance(agent, TelegramPerson) else agent.heard
        )
        await agent.pick(1 if number == 1 else 2)
    assert texts(agent)[-1].startswith(agent.words("assist.over"))
    assert "2/4" in texts(agent)[-1]  # where they were before
    await agent.pick(1)
    await agent.pick(4)
    await agent.say("la route")
    match = RECEIPT.search(texts(agent)[-1])
    assert match is not None
    cast = {each.receipt: each for each in await ballots(own_world)}
    assert set(cast) == {*receipts, match.group()}
    assert [cast[each].assisted for each in (*receipts, match.group())] == [True, True, False]
    assert {cast[each].province for each in receipts} == {"01.051"}
    results = await own_world.results()
    assert results.groups["answered by"] == {"an agent": None, "themselves": None}
    assert await grouped(own_world, "assisted") == {"True": 2, "False": 1}
    assert [each.count for each in results.questions[0].answers] == [1, 1, 1]


async def test_no_ballot_of_a_person_leads_to_the_agent(own_world: World) -> None:
    agent_code, agent = await code(own_world), await joined(own_world, "sms", "fr")
    await agent.say(f"AGENT {agent_code}")
    await answer(agent, 1)
    async with own_world.db.transaction() as session:
        (consultation,) = await session.scalars(select(Consultation))
        (ballot,) = await session.scalars(select(Ballot))
        secret = secret_of(session, consultation)
        everyone = list(await session.scalars(select(Resident.id)))
        (at,) = await session.scalars(select(Conversation))
        taken = [each.state for each in await session.scalars(select(Participation))]
    assert ballot.voter not in {voter_token(secret, number) for number in everyone}
    assert ballot.voter.hex() not in str(at.assisting)
    assert taken == ["begun"]  # from the agent, when they joined; nothing from the person


async def test_an_old_button_counts_for_nobody_else(own_world: World) -> None:
    agent_code, agent = await code(own_world), await joined(own_world, "telegram", "fr")
    assert isinstance(agent, TelegramPerson)
    own = agent.user.last
    await agent.say(f"AGENT {agent_code}")
    first = agent.user.last
    await answer(agent, 1)
    await agent.pick(1)
    for old in (own, first):
        await agent.user.tap_on(old.message_id, old.buttons[1][0][1])
        await agent.network.settled()
        assert agent.heard.startswith(agent.words("assist.stale"))
        assert "1/4" in agent.heard
    assert len(await ballots(own_world)) == 1
    await answer(agent, 3)
    await agent.pick(2)
    await agent.user.tap_on(first.message_id, first.buttons[1][0][1])
    await agent.network.settled()
    assert agent.words("assist.stale") in agent.heard
    results = await own_world.results()
    assert [each.count for each in results.questions[0].answers] == [1, 0, 1]


async def test_a_day_has_its_limit(own_world: World) -> None:
    agent_code, agent = await code(own_world, limit=2), await joined(own_world, "sms", "fr")
    await agent.say(f"AGENT {agent_code}")
    for _ in range(2):
        await answer(agent, 1)
        await agent.pick(1)
    assert texts(agent)[-1].startswith(agent.words("assist.full"))
    await agent.say(f"AGENT {agent_code}")
    assert texts(agent)[-1].startswith(agent.words("assist.full"))
    own_world.now.advance(days=1)
    await agent.say(f"AGENT {agent_code}")
    assert agent.words("assist.begin", number=1) in texts(agent)[-1]


async def test_the_limit_is_exact_on_several_phones_at_once(quiet_world: World) -> None:
    await code(quiet_world, limit=5)

    async def one() -> int | None:
        async with quiet_world.db.transaction() as session:
            (agent,) = await session.scalars(select(Agent))
            return await service.admit(session, agent.id, phone=None, apart=timedelta(), now=quiet_world.now())

    answers = await asyncio.gather(*(one() for _ in range(12)))
    assert sorted(each for each in answers if each is not None) == [1, 2, 3, 4, 5]


async def test_a_code_is_not_found_by_trying(own_world: World) -> None:
    agent_code, agent = await code(own_world), await joined(own_world, "sms", "fr")
    for number in range(5):
        await agent.say(f"AGENT {number}")
        assert texts(agent)[-1].startswith(agent.words("assist.wrong"))
    await agent.say(f"AGENT {agent_code}")
    assert texts(agent)[-1].startswith(agent.words("assist.wrong"))
    own_world.now.advance(days=1)
    await agent.say(f"AGENT {agent_code}")
    assert agent.words("assist.begin", number=1) in texts(agent)[-1]


async def test_nobody_locks_an_agent_out_and_the_log_tells_of_many_tries(own_world: World) -> None:
    agent_code, agent = await code(own_world), await joined(own_world, "sms", "fr")
    other = await joined(own_world, "sms", "fr")
    async with own_world.db.transaction() as session:
        session.add(AgentTry(origin=b"", day=service.today(own_world.now()), failed=98))
    with structlog.testing.capture_logs() as logged:
        for number in range(6):
            await other.say(f"AGENT {number}")
    warned = [each for each in logged if "agents.wrong_codes" in each["event"]]
    assert [each["count"] for each in warned] == [100]
    assert set(warned[0]) == {"event", "log_level", "count"}
    await other.say(f"AGENT {agent_code}")
    assert texts(other)[-1].startswith(other.words("assist.wrong"))
    await agent.say(f"AGENT {agent_code}")
    assert agent.words("assist.begin", number=1) in texts(agent)[-1]


async def test_who_erases_and_comes_back_has_no_more_tries(own_world: World) -> None:
    agent_code, agent = await code(own_world), await joined(own_world, "sms", "fr")
    for number in range(5):
        await agent.say(f"AGENT {number}")
    for text in ("mes données", "1", "1"):
        await agent.say(text)
    await sweeper(own_world.settings, own_world.db, own_world.now)()
    for text in ("hello", str(FIRST["fr"]), "1", "3", f"AGENT {agent_code}"):
        await agent.say(text)
    assert texts(agent)[-1].startswith(agent.words("assist.wrong"))


async def test_who_reads_the_table_ties_no_ballot_to_an_agent(own_world: World) -> None:
    agent_code, agent = await code(own_world), await joined(own_world, "sms", "fr")
    for text in (f"AGENT {agent_code}", "1"):
        await agent.say(text)
    async with own_world.db.transaction() as session:
        (at,) = await session.scalars(select(Conversation))
    (ballot,) = await ballots(own_world)
    assert at.assisting is not None
    assert at.assisting.person is not None
    sealed = at.assisting.person.token
    assert ballot.voter.hex() not in sealed
    assert ballot.voter not in base64.b64decode(sealed)


async def test_a_session_left_alone_ends_by_itself(own_world: World) -> None:
    agent_code, agent = await code(own_world), await joined(own_world, "sms", "fr")
    await agent.say(f"AGENT {agent_code}")
    own_world.now.advance(hours=3)
    for text in ("1", "1", "1", "4", "la route"):
        await agent.say(text)
    assert [each.assisted for each in await ballots(own_world)] == [False]


async def test_stopping_ends_the_session(own_world: World) -> None:
    agent_code, agent = await code(own_world), await joined(own_world, "sms", "fr")
    await agent.say(f"AGENT {agent_code}")
    await agent.say("STOP")
    async with own_world.db.transaction() as session:
        (at,) = await session.scalars(select(Conversation))
    assert at.assisting is None


async def test_closing_in_the_middle_brings_the_agent_home(own_world: World) -> None:
    agent_code, agent = await code(own_world), await joined(own_world, "sms", "fr")
    await agent.say(f"AGENT {agent_code}")
    await own_world.close("plan")
    await agent.say("1")
    assert agent.words("error.closed") in texts(agent)[-1]
    async with own_world.db.transaction() as session:
        (at,) = await session.scalars(select(Conversation))
    assert at.assisting is None
    assert await ballots(own_world) == []


async def test_an_agent_who_ended_is_let_in_no_more(own_world: World) -> None:
    agent_code, agent = await code(own_world), await joined(own_world, "sms", "fr")
    await agents(own_world, "/1/end")
    await agent.say(f"AGENT {agent_code}")
    assert texts(agent)[-1].startswith(agent.words("assist.wrong"))
    await agents(own_world, "/1/end", status=409)


async def test_the_code_is_known_by_its_hash_only(quiet_world: World) -> None:
    async with quiet_world.db.transaction() as session:
        agent, agent_code = await service.create(
            session, AgentIn(name="x"), who="amina", keyring=KEYRING, now=quiet_world.now()
        )
        row = {each.key: getattr(agent, each.key) for each in Agent.__table__.columns}
    assert re.fullmatch(r"\d{8}", agent_code)
    assert agent_code not in str(row)
    assert agent_code.encode() not in agent.code_hash
    listed = (await quiet_world.http.get("/v1/agents", headers=HEADERS)).json()["items"]
    assert agent_code not in str(listed)
