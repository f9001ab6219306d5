"""Naming the vote in progress again: it continues where it is, and earlier choices stay."""

from __future__ import annotations

from typing import Any

import pytest

from sawt.compose import catalogs
from tests.agents.test_assisting import code
from tests.consultations import question, vote
from tests.journeys.test_votes_counted_as_given import key_of, only_ballot, voter
from tests.world import World

VOICE = catalogs().voice("fr")
kinds = pytest.mark.parametrize(("channel", "kind"), [("sms", "ranking"), ("telegram", "several")])
names = pytest.mark.parametrize("name", ["round", "START ROUND", "VOTE", "AIDE", "langue"])


def vote_of_two(kind: str) -> dict[str, Any]:
    """A vote with two questions, the first of which takes several choices."""
    first = vote(kind, most=3)
    return {**first, "questions": [*first["questions"], question("yes_no")]}


def said_of(name: str) -> tuple[str, ...]:
    return (name, "français") if name == "langue" else (name,)


def summary_of_three(kind: str) -> str:
    """The summary of the third, first and second option."""
    places = {"several": ("", "", ""), "ranking": (" (1)", " (2)", " (3)")}[kind]
    return VOICE("echo", said=", ".join(f"texte option {n}{place}" for n, place in zip((3, 1, 2), places, strict=True)))


@kinds
@names
async def test_choices_under_way_stay(quiet_world: World, channel: str, kind: str, name: str) -> None:
    await quiet_world.close("plan")
    await quiet_world.open(vote_of_two(kind))
    person = await voter(quiet_world, channel)
    for text in ("3", "1", *said_of(name)):
        await person.say(text)
    assert "1/2" in person.heard
    await person.say("2")
    assert summary_of_three(kind) in person.heard
    assert (await only_ballot(person))[1] == ["3", "1", "2"]


@kinds
@pytest.mark.parametrize("name", ["round", "START ROUND", "texte round"])
async def test_also_of_its_only_question_of_which_one_more_was_asked_for(
    quiet_world: World, channel: str, kind: str, name: str
) -> None:
    await quiet_world.close("plan")
    await quiet_world.open(vote(kind, most=3))
    person = await voter(quiet_world, channel)
    for text in ("3", "1"):
        await person.say(text)
    assert VOICE("more.ask") in person.heard
    for text in (name, "2"):
        await person.say(text)
    assert (await only_ballot(person))[1] == ["3", "1", "2"]


@kinds
@pytest.mark.parametrize("by", ["name", "number"])
async def test_also_if_it_is_chosen_of_the_list(quiet_world: World, channel: str, kind: str, by: str) -> None:
    await quiet_world.open(vote_of_two(kind))
    person = await voter(quiet_world, channel)
    for text in ("round", "3", "1", "VOTE"):
        await person.say(text)
    assert VOICE("home.choose") in person.heard
    labels = [choice.label for choice in person.choices]
    await person.say("texte round" if by == "name" else str(labels.index("texte round") + 1))
    await person.say("2")
    assert summary_of_three(kind) in person.heard


@pytest.mark.parametrize("kind", ["several", "ranking"])
async def test_also_of_those_that_were_tapped(quiet_world: World, kind: str) -> None:
    await quiet_world.close("plan")
    await quiet_world.open(vote_of_two(kind))
    person = await voter(quiet_world, "telegram")
    await person.tap(key_of(person, 3))
    for text in ("round", "2"):
        await person.say(text)
    assert (await only_ballot(person))[1] == ["3", "2"]


@kinds
@names
async def test_also_those_of_a_person_helped(quiet_world: World, channel: str, kind: str, name: str) -> None:
    await quiet_world.open(vote_of_two(kind))
    agent = await voter(quiet_world, channel)
    for text in (f"AGENT {await code(quiet_world)}", "round", "3", "1", *said_of(name)):
        await agent.say(text)
    if name == "VOTE":  # two are open: they choose which
        await agent.say("texte round")
    assert VOICE("assist.for", number=1) in agent.heard
    assert "1/2" in agent.heard
    await agent.say("2")
    assert summary_of_three(kind) in agent.heard
