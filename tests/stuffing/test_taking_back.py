"""What an agent typed can be taken back while the vote is open; one phone holds a code, and nobody types in a rush."""

from __future__ import annotations

from asyncio import Task, create_task, gather, timeout
from collections.abc import Coroutine
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st
from sqlalchemy import select

from api import audit
from api.agents import code_holder
from api.agents.models import Agent
from api.consultations.ballots import agent_typed
from api.consultations.counts import snapshots
from api.consultations.models import Answer, Ballot, Consultation, Superseded
from api.pagination import PageRequest
from api.results import agents as shares
from api.security.seals import seals_of
from tests.api.office import as_staff
from tests.ballots import grouped, stuff
from tests.direct import DirectPerson
from tests.locks import until_waiting
from tests.seated import answered, heard, seated
from tests.world import KEYRING, World, quiet

HEADERS = as_staff()
CHANNELS = ["sms", "telegram"]


async def post(world: World, path: str, *, status: int = 200, **given: Any) -> Any:
    answer = await world.http.post(f"/v1/agents{path}", json=given, headers=HEADERS)
    assert answer.status_code == status, answer.text
    return answer.json()


async def new_agent(world: World) -> tuple[int, str]:
    made = await post(world, "", status=201, name="Association Amal")
    return made["number"], made["code"]


async def typed_for(person: DirectPerson, code: str, people: int) -> list[str]:
    """Let this phone type for so many people; returns their receipts."""
    receipts = []
    await person.say(f"AGENT {code}")
    for place in range(people):
        if place:
            await person.say("1")  # the next one
        receipts.append(await answered(person))
    await person.say("2")  # that is all
    return receipts


@pytest.mark.parametrize("channel", CHANNELS)
async def test_what_an_agent_typed_is_taken_back_and_their_own_vote_stays(quiet_world: World, channel: str) -> None:
    number, code = await new_agent(quiet_world)
    agent, resident = await seated(quiet_world, channel), await seated(quiet_world, channel)
    own = [await answered(agent), await answered(resident)]
    receipts = await typed_for(agent, code, 2)
    found = await post(quiet_world, f"/{number}/void", consultation="plan")
    assert found == {"taken_back": 2}
    async with quiet_world.db.transaction() as session:
        assert set(await session.scalars(select(Ballot.receipt))) == set(own)
        held = select(Answer.ballot_id).where(Answer.ballot_id.not_in(select(Ballot.id)))
        assert (await session.scalars(held)).all() == []
        acts = (await audit.listed(session, PageRequest(limit=1))).items
    assert [(each.who, each.act, each.subject) for each in acts] == [("amina", "void", f"agent {number} plan")]
    for language in ("fr", "ar", "zgh"):
        reader = await seated(quiet_world, channel, language)
        await reader.say(receipts[0])
        assert reader.words("receipt.taken", language, receipt=receipts[0]) in heard(reader)
    assert await post(quiet_world, f"/{number}/void", consultation="plan") == {"taken_back": 0}


@pytest.mark.parametrize("channel", CHANNELS)
async def test_who_is_typed_for_meanwhile_is_not_typed_for_again(quiet_world: World, channel: str) -> None:
    number, code = await new_agent(quiet_world)
    agent = await seated(quiet_world, channel)
    await agent.say(f"AGENT {code}")
    await agent.say("1")
    await post(quiet_world, f"/{number}/void", consultation="plan")
    await agent.say("1")
    assert agent.words("assist.taken", "fr") in heard(agent)
    assert agent.words("assist.over", "fr") in heard(agent)
    assert await grouped(quiet_world, "assisted") == {}
    await typed_for(agent, code, 1)  # who is let in still may begin with another person
    assert await grouped(quiet_world, "assisted") == {"True": 1}


@pytest.mark.parametrize("typed_first", [False, True])
async def test_typing_at_the_same_instant_brings_nothing_back(quiet_world: World, typed_first: bool) -> None:
    number, code = await new_agent(quiet_world)
    agent = await seated(quiet_world, "sms")
    await agent.say(f"AGENT {code}")
    await agent.say("1")
    void = post(quiet_world, f"/{number}/void", consultation="plan")
    deeds: list[Coroutine[Any, Any, Any]] = [agent.say("1"), void] if typed_first else [void, agent.say("1")]
    tasks: list[Task[Any]] = []
    async with timeout(60):
        async with quiet_world.db.transaction() as session:
            await session.execute(select(Consultation).with_for_update())
            for deed in deeds:
                tasks.append(create_task(deed))
                await until_waiting(quiet_world, len(tasks))
        await gather(*tasks)
    assert await grouped(quiet_world, "assisted") == {}


async def test_the_list_at_closing_names_what_was_taken_back(own_world: World) -> None:
    number, code = await new_agent(own_world)
    receipts = await typed_for(await seated(own_world, "sms"), code, 1)
    await post(own_world, f"/{number}/void", consultation="plan")
    await own_world.close("plan")
    text = (await own_world.http.get("/consultations/plan/receipts.txt")).text
    assert text == f"sawt-receipts 1 plan 0\n{receipts[0]} taken-back\n"
    page = (await own_world.http.get("/consultations/plan/receipts", headers={"Accept-Language": "fr"})).text
    assert "taken-back : vote saisi par un agent" in page
    async with own_world.db.transaction() as session:
        assert set(await session.scalars(select(Superseded.voter))) == {None}


async def test_nobody_who_reads_the_table_knows_which_ballots_are_of_one_agent(quiet_world: World) -> None:
    _, code = await new_agent(quiet_world)
    await typed_for(await seated(quiet_world, "sms"), code, 2)
    async with quiet_world.db.transaction() as session:
        one, other = await session.scalars(select(Ballot.agent))
        assert one is not None
        assert other is not None
        assert one != other
        assert KEYRING.decipher(one, purpose="who typed").startswith('{"under": ')  # the vault's key is wanted as well
        (consultation,) = await session.scalars(select(Consultation))
        assert {each.by for each in await agent_typed.typed_ballots(session, consultation)} == {
            agent_typed.Typist(1, 1)
        }
        assert seals_of(session).decipher(one, purpose="who typed") == "[1, 1]"
    await quiet_world.close("plan")
    async with quiet_world.db.transaction() as session:
        assert set(await session.scalars(select(Ballot.agent))) == {None}
    await post(quiet_world, "/1/void", status=409, consultation="plan")


async def test_only_the_phone_that_used_a_code_first_may_use_it(quiet_world: World) -> None:
    number, code = await new_agent(quiet_world)
    first, second = await seated(quiet_world, "sms"), await seated(quiet_world, "telegram")
    await typed_for(first, code, 1)
    await second.say(f"AGENT {code}")
    assert second.words("assist.held", "fr") in heard(second)
    (shown,) = (await quiet_world.http.get("/v1/agents", headers=HEADERS)).json()["items"]
    assert (shown["held"], shown["phones"], shown["refused"]) == (True, 1, 1)
    await first.say(f"AGENT {code}")
    await answered(first)
    await post(quiet_world, f"/{number}/free")
    await second.say(f"AGENT {code}")
    assert second.words("assist.begin", "fr", number=3) in heard(second)
    await first.say("1")  # the next person
    assert first.words("assist.held", "fr") in heard(first)
    receipt = await answered(second)
    found = await post(quiet_world, f"/{number}/void", consultation="plan", phone=2)
    assert found == {"taken_back": 1}
    await second.say(receipt)
    assert second.words("receipt.taken", "fr", receipt=receipt) in heard(second)
    assert await grouped(quiet_world, "assisted") == {"True": 2}


async def test_erasing_gives_no_code_away(quiet_world: World) -> None:
    _, code = await new_agent(quiet_world)
    await typed_for(await seated(quiet_world, "sms"), code, 1)
    async with quiet_world.db.transaction() as session:
        (agent,) = await session.scalars(select(Agent))
        held = agent.phone
    other = await seated(quiet_world, "sms")
    await other.say(f"AGENT {code}")
    assert other.words("assist.held", "fr") in heard(other)
    assert held is not None
    assert len(held) == 16


@pytest.mark.parametrize("channel", CHANNELS)
async def test_the_next_person_begins_a_while_later_and_nothing_is_lost(quiet_world: World, channel: str) -> None:
    dialogue = quiet_world.service.dialogue
    slow = replace(dialogue, context=replace(dialogue.context, agent_apart=timedelta(hours=1)))
    _, code = await new_agent(quiet_world)
    agent = await seated(quiet_world, channel)
    agent.dialogue = slow
    await agent.say(f"AGENT {code}")
    await answered(agent)
    quiet_world.now.advance(minutes=20)
    await agent.say("1")
    said = [seconds for seconds in range(1, 3601) if agent.words("assist.soon", "fr", seconds=seconds) in heard(agent)]
    assert len(said) == 1, heard(agent)
    assert said[0] <= 2400  # the clock goes on by itself
    quiet_world.now.advance(seconds=said[0])
    await agent.say("1")
    assert agent.words("assist.begin", "fr", number=2) in heard(agent)
    await answered(agent)
    assert await grouped(quiet_world, "assisted") == {"True": 2}


NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("began", "left"),
    [(None, 0), (NOW, 45), (NOW - timedelta(seconds=44.2), 1), (NOW - timedelta(seconds=45), 0),
     (NOW - timedelta(days=1), 0), (NOW + timedelta(days=1), 45)],
)  # fmt: skip
def test_how_long_the_next_person_waits(began: datetime | None, left: int) -> None:
    assert code_holder.wait(began, apart=timedelta(seconds=45), now=NOW) == left


@drawn(st.integers(0, 5000), st.integers(0, 5000), st.sampled_from([1, 10, 25]))
def test_the_share_of_agents_is_shown_in_steps_that_hold_the_truth(by_agents: int, themselves: int, step: int) -> None:
    found = shares.shown_share(by_agents, by_agents + themselves, step=step)
    assert found.at_least <= by_agents <= found.at_most <= found.of
    assert found.at_least % step == 0
    assert found == shares.shown_share(
        found.at_least, by_agents + themselves, step=step
    )  # what is kept at closing shows it too


async def test_the_share_of_agents_is_shown_though_both_sides_are_hidden(database_url: str) -> None:
    """Forty ballots that an agent typed and two of their voters' own: the split is hidden, and the share tells."""
    async with quiet(database_url, smallest_count=10) as world:
        assert (await world.results()).agents is None
        await stuff(world, [("01.571", "sms", place < 40, [0]) for place in range(42)])
        async with world.db.transaction() as session:
            await snapshots.take(session, now=world.now())
        found = (await world.results()).agents
        assert found is not None
        assert found.model_dump() == {"at_least": 40, "at_most": 40, "of": 40}  # in steps, as all ballots are
        await world.close("plan")
        after = await world.results()
        assert set(after.groups["answered by"].values()) == {None}
        assert after.agents is not None
        assert after.agents.model_dump() == {"at_least": 40, "at_most": 42, "of": 42}
        async with world.db.transaction() as session:
            assert await session.scalar(select(Consultation.agents_share)) == 40
