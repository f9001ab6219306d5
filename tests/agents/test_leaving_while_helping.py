"""STOP, or a block, ends an agent's help: back again they are told so, and every answer is their own."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from api.conversations.models import Conversation
from api.outbox import service as outbox
from api.residents import service as residents
from sawt.compose import catalogs
from tests.agents.test_assisting import ballots, code
from tests.direct import DirectPerson
from tests.journeys.test_votes_counted_as_given import channels, voter
from tests.world import KEYRING, World

VOICE = catalogs().voice("fr")
FOR = VOICE("assist.for", number=1)


async def helping(world: World, channel: str) -> DirectPerson:
    """An agent at the second question for their first person."""
    agent = await voter(world, channel)
    for text in (f"AGENT {await code(world)}", "1"):
        await agent.say(text)
    assert FOR in agent.heard
    return agent


async def leave(agent: DirectPerson, how: str) -> None:
    """They send STOP, or block us, which the provider reports directly or by refusing a message."""
    world, now = agent.world, agent.world.now()
    if how == "STOP":
        await agent.say("STOP")
    elif how == "block":
        await world.service.dialogue.left(channel=agent.channel, address=agent.address)
    else:
        async with world.db.transaction() as session:
            address = await residents.find_address(
                session, keyring=KEYRING, channel=agent.channel, address=agent.address
            )
            assert address is not None
            resident = await residents.mark_unreachable(session, address_id=address.id, reason="blocked", now=now)
            await outbox.cancel_unsolicited(session, resident.id, now=now)


@channels
@pytest.mark.parametrize("hours", [0, 3])
@pytest.mark.parametrize("how", ["STOP", "block", "gone"])
async def test_back_again_they_answer_for_themselves_and_are_told(
    quiet_world: World, channel: str, how: str, hours: int
) -> None:
    agent = await helping(quiet_world, channel)
    await leave(agent, how)
    quiet_world.now.advance(hours=hours)
    for text in ("bonjour", "1"):
        await agent.say(text)
        assert agent.heard == VOICE("stopped.still")
    await agent.say("START")
    assert agent.heard.startswith(VOICE("assist.over"))
    assert VOICE("consent.ask") in agent.heard
    await agent.say("oui")
    assert "1/4" in agent.heard
    assert VOICE("assist.over") not in agent.heard
    for text in ("2", "oui"):
        await agent.say(text)
        assert "Personne" not in agent.heard
    assert sorted(each.assisted for each in await ballots(quiet_world)) == [False, True]


@pytest.mark.parametrize("how", ["STOP", "block"])
async def test_it_ends_at_once(quiet_world: World, how: str) -> None:
    agent = await helping(quiet_world, "telegram")
    await leave(agent, how)
    async with quiet_world.db.transaction() as session:
        assert (await session.scalars(select(Conversation.assisting))).all() == [None]


@channels
async def test_who_helped_nobody_is_told_nothing_of_it(quiet_world: World, channel: str) -> None:
    person = await voter(quiet_world, channel)
    for text in ("STOP", "START"):
        await person.say(text)
    assert person.heard.startswith(VOICE("consent.ask"))
