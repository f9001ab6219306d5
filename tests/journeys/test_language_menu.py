"""LANGUE has a way out: back to where the person was, in the old language or the new one."""

from __future__ import annotations

import pytest

from tests.direct import DirectPerson
from tests.journeys.test_votes_counted_as_given import VOICE, channels, only_ballot, voter
from tests.world import World

OUT = pytest.mark.parametrize("out", ["0", "retour", "٠", "رجوع", "tap"])


async def leave(person: DirectPerson, out: str) -> None:
    """Take the way out, after a mistyped word."""
    await person.say("klingon")
    assert "lang:ar" in [choice.key for choice in person.choices]
    if out == "tap":
        await person.take(next(choice for choice in person.choices if choice.key == "lang:back"))
    else:
        await person.say(out)


@channels
@OUT
async def test_from_a_question_and_back_to_it(own_world: World, channel: str, out: str) -> None:
    person = await voter(own_world, channel)
    await person.say("1")
    await person.say("langue")
    await leave(person, out)
    assert "2/4" in person.heard
    await person.say("oui")
    assert await only_ballot(person) == {1: ["1"], 2: ["yes"]}


@channels
@pytest.mark.parametrize("begun", ["menu", "idée", "changer"])
async def test_from_anything_else_and_back_to_it(own_world: World, channel: str, begun: str) -> None:
    person = await voter(own_world, channel)
    for text in ("1", "oui", "4", "une route"):
        await person.say(text)
    await person.say(begun)
    before = [choice.key for choice in person.choices]
    await person.say("langue")
    await person.say("retour")
    assert [choice.key for choice in person.choices] == before


@channels
async def test_in_the_new_language_they_go_on_where_they_were(own_world: World, channel: str) -> None:
    person = await voter(own_world, channel)
    await person.say("menu")
    before = [choice.key for choice in person.choices]
    await person.say("langue")
    await person.take(next(choice for choice in person.choices if choice.key == "lang:ar"))
    assert [choice.key for choice in person.choices] == before
    assert person.heard == person.words("menu.ask", "ar")


@channels
async def test_before_consent_it_leads_back_to_that(own_world: World, channel: str) -> None:
    person = DirectPerson.new(own_world, channel)
    await person.say("hello")
    assert "lang:back" not in [choice.key for choice in person.choices]
    await person.take(next(choice for choice in person.choices if choice.key == "lang:fr"))
    await person.say("langue")
    await person.say("retour")
    assert VOICE("consent.ask") in person.heard


@channels
async def test_who_stopped_stays_stopped(own_world: World, channel: str) -> None:
    person = await voter(own_world, channel)
    await person.say("STOP")
    await person.say("langue")
    await person.say("retour")
    assert person.heard == VOICE("stopped.still")


@channels
async def test_who_turns_to_something_else_is_there(own_world: World, channel: str) -> None:
    person = await voter(own_world, channel)
    await person.say("langue")
    await person.say("menu")
    await person.say("retour")
    assert "1/4" in person.heard
