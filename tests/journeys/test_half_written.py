"""A half-written idea waits for its author, whatever they look up meanwhile, and goes when they say so."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from api.conversations.models import Conversation
from api.proposals.models import Idea
from tests.commitments.plans import add_plan
from tests.people import Person, joined
from tests.world import World

TEXT = "un puits au village"
BETWEEN = ("statut 1", "suivre 1", "réunions", "mes données", "propositions", "vérifier ABCD2345")

pytestmark = pytest.mark.parametrize("channel", ["sms", "telegram"])


async def noted(world: World) -> list[Any]:
    async with world.db.transaction() as session:
        return [notes for notes in await session.scalars(select(Conversation.notes)) if notes]


async def writing(world: World, channel: str) -> Person:
    """Somebody who has begun an idea."""
    await add_plan(world)
    person = await joined(world, channel, "fr")
    await person.say("idée")
    await person.say(TEXT)
    return person


@pytest.mark.parametrize("words", BETWEEN)
async def test_it_waits_whatever_is_looked_up_in_between(own_world: World, channel: str, words: str) -> None:
    person = await writing(own_world, channel)
    await person.say("valider")  # while they write, most words belong to the idea; while they review it, they do not
    await person.say(words)
    await person.say("idée")
    assert person.words("idea.more", number=1) in person.heard
    await person.say("et une route")
    await person.say("valider")
    await person.pick(1)
    async with own_world.db.transaction() as session:
        (text,) = await session.scalars(select(Idea.text))
    assert text == f"{TEXT}\net une route"
    assert await noted(own_world) == []


async def test_who_turns_back_leaves_nothing(own_world: World, channel: str) -> None:
    person = await writing(own_world, channel)
    await person.say("retour")
    assert person.words("idea.dropped") in person.heard
    assert await noted(own_world) == []


async def test_erased_it_is_gone(own_world: World, channel: str) -> None:
    person = await writing(own_world, channel)
    await person.say("valider")
    await person.say("mes données")
    await person.pick(1)
    await person.pick(1)
    assert person.words("mine.erased") in person.heard
    assert await noted(own_world) == []
