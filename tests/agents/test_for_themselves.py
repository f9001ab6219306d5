"""An agent between and during people's questions: ways back, the end, and messages that are for the agent."""

from __future__ import annotations

import pytest

from sawt.compose import catalogs
from tests.agents.test_assisting import ballots, code
from tests.consultations import question, vote, words
from tests.direct import DirectPerson
from tests.journeys.test_votes_counted_as_given import open_only, voter
from tests.world import World

channels = pytest.mark.parametrize("channel", ["sms", "telegram"])
VOICE = catalogs().voice("fr")
FIRST, OWN = VOICE("assist.for", number=1), VOICE("assist.own")
ASKED = [question("yes_no"), question("text")]
PAIR = {"code": "pair", "title": words("pair"), "questions": ASKED}


async def helping(world: World, channel: str) -> DirectPerson:
    """An agent at the first question of the first person; one consultation is open."""
    await open_only(world, PAIR)
    agent = await voter(world, channel)
    await agent.say(f"AGENT {await code(world)}")
    assert VOICE("assist.begin", number=1) in agent.heard
    return agent


@channels
@pytest.mark.parametrize("back", ["0", "RETOUR"])
async def test_back_from_the_first_question_is_a_way_out(quiet_world: World, channel: str, back: str) -> None:
    agent = await helping(quiet_world, channel)
    await agent.say(back)
    assert VOICE("missed") not in agent.heard
    assert VOICE("assist.ask") in agent.heard
    await agent.say("suivant")
    assert agent.heard.startswith(FIRST)  # nobody answered anything: the number is not used up
    for text in ("oui", "retour", back, "suivant"):
        await agent.say(text)
    assert VOICE("assist.begin", number=2) in agent.heard  # these answers stay that person's
    await agent.say("non")
    assert len(await ballots(quiet_world)) == 2


async def test_where_several_are_open_back_leads_to_their_list(quiet_world: World) -> None:
    await quiet_world.open(vote("several"))
    agent = await voter(quiet_world, "sms")
    for text in (f"AGENT {await code(quiet_world)}", "round", "0"):
        await agent.say(text)
    assert agent.heard.startswith(f"{FIRST} {VOICE('home.choose')}")
    for text in ("aide", "0"):
        await agent.say(text)
        assert VOICE("home.choose") in agent.heard
    await agent.say("1")
    assert "1/4" in agent.heard


@channels
@pytest.mark.parametrize("text", ["CHANGER", "RETOUR", "0", "تغيير"])
async def test_after_a_person_is_done_it_is_said_that_nothing_changes(
    quiet_world: World, channel: str, text: str
) -> None:
    agent = await helping(quiet_world, channel)
    for each in ("oui", "une route", text):
        await agent.say(each)
    assert agent.heard.startswith(VOICE("assist.final"))
    assert VOICE("expect.yes_no") not in agent.heard
    await agent.say("suivant")
    assert VOICE("assist.begin", number=2) in agent.heard


OWN_THINGS = ("IDEE", "réunions", "écrire", "mes données", "menu", "statut", "suivre", "LIER", "langue", "VERIFIER")


@channels
@pytest.mark.parametrize("between", [True, False])
async def test_every_message_says_for_whom_it_is(quiet_world: World, channel: str, between: bool) -> None:
    agent = await helping(quiet_world, channel)
    for text in ("oui", "une route") if between else ():
        await agent.say(text)
    for text in OWN_THINGS:
        await agent.say(text)
        assert agent.heard.startswith(OWN), text
        if "1/2" not in agent.heard:
            await agent.say("0")
        assert VOICE("missed") not in agent.heard, text
    if not between:
        for text in ("xyzzy", "plugh", "aide", "detail 4", "merci", "non"):
            await agent.say(text)
            assert FIRST in agent.heard, text
            assert OWN not in agent.heard, text


async def test_a_vote_by_its_plain_word_is_never_the_agents_own(quiet_world: World) -> None:
    agent = await helping(quiet_world, "sms")
    for text in ("oui", "une route", "VOTE"):
        await agent.say(text)
    assert VOICE("assist.begin", number=2) in agent.heard
    assert OWN not in agent.heard


@pytest.mark.parametrize("text", ["fin", "FIN", "Fin.", "سالينا", "النهاية", "end"])
async def test_a_plain_word_ends_the_mode_where_it_can_mean_nothing_else(quiet_world: World, text: str) -> None:
    agent = await helping(quiet_world, "sms")
    await agent.say(text)
    assert agent.heard.startswith(VOICE("assist.over"))
    await agent.say(f"AGENT {await code(quiet_world)}")
    await agent.say("oui")
    await agent.say(text)  # the person's own words
    assert VOICE("assist.done", receipt="x").partition("x")[0] in agent.heard
    await agent.say("fin ?")  # "where?" in Darija
    assert VOICE("assist.over") not in agent.heard
    await agent.say(text)
    assert agent.heard.startswith(VOICE("assist.over"))


async def test_amid_choices_it_ends_nothing(quiet_world: World) -> None:
    await open_only(quiet_world, vote("several"))
    agent = await voter(quiet_world, "sms")
    for text in (f"AGENT {await code(quiet_world)}", "1", "fin"):
        await agent.say(text)
    assert VOICE("assist.over") not in agent.heard
    assert FIRST in agent.heard
