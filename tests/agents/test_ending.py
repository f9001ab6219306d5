"""An agent's plain word for the end: asked back if it may be an answer, and never taken for a wish to stop."""

from __future__ import annotations

import pytest

from sawt.compose import catalogs
from tests.agents.test_assisting import code
from tests.consultations import question, words
from tests.direct import DirectPerson
from tests.journeys.test_votes_counted_as_given import open_only, voter
from tests.world import World

VOICE = catalogs().voice("fr")
KINDS = {
    "several": question("several", options=4),
    "ranking": question("ranking", options=3),
    "points": question("points", options=3, total=10),
}


async def helping(world: World, channel: str, kind: str) -> DirectPerson:
    """An agent at a question of this kind, for the first person."""
    await open_only(world, {"code": "round", "title": words("round"), "questions": [KINDS[kind]]})
    agent, agent_code = await voter(world, channel), await code(world)
    await agent.say(f"AGENT {agent_code}")
    return agent


@pytest.mark.parametrize("channel", ["sms", "telegram"])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("text", ["FIN", "سالينا", "the end"])
async def test_it_is_asked_back_in_a_list(quiet_world: World, channel: str, kind: str, text: str) -> None:
    agent = await helping(quiet_world, channel, kind)
    for _ in range(4):  # every time: no agent is met with silence
        await agent.say(text)
        assert VOICE("hint.choice", choice=VOICE("assist.end")) in agent.heard
        assert VOICE("hint.stop") not in agent.heard
    await agent.say("oui")
    assert agent.heard.startswith(VOICE("assist.over"))


async def test_anything_but_a_yes_goes_on(quiet_world: World) -> None:
    agent = await helping(quiet_world, "sms", "several")
    await agent.say("fin")
    await agent.say("1")
    assert VOICE("assist.over") not in agent.heard
    assert "texte option 1" in agent.heard
    await agent.say("oui")
    assert VOICE("assist.over") not in agent.heard


@pytest.mark.parametrize("text", ["FIN", "fin de l'aide", "نهاية"])
async def test_said_again_after_the_end_it_is_no_wish_to_stop(quiet_world: World, text: str) -> None:
    agent = await helping(quiet_world, "sms", "several")
    await agent.say("fin de l'aide")
    await agent.say("0")
    for _ in range(3):
        await agent.say(text)
        assert VOICE("assist.over") in agent.heard
        assert VOICE("hint.stop") not in agent.heard
    nobody = await voter(quiet_world, "sms")
    await nobody.say("fin")
    assert VOICE("hint.stop") in nobody.heard
