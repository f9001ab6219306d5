"""VOTE leads to the vote that is waiting, even if another consultation has exactly that code."""

from __future__ import annotations

from typing import Any

import pytest

from tests.consultations import question, words
from tests.direct import DirectPerson
from tests.journeys.test_votes_counted_as_given import VOICE, channels, codes, voter
from tests.world import World


def coded(code: str) -> dict[str, Any]:
    """A consultation with one question and this code."""
    return {"code": code, "title": words(code), "questions": [question("single", options=3)]}


async def one_answered(world: World, channel: str, *message: str) -> DirectPerson:
    """Somebody who dealt with the consultation coded `vote` while another one is waiting."""
    await world.open(coded("vote"))
    person = await voter(world, channel)
    for text in message:
        await person.say(text)
    return person


@channels
@pytest.mark.parametrize("text", ["VOTE", "vote", "voter", "تصويت"])
async def test_the_word_of_the_notice_begins_what_waits(quiet_world: World, channel: str, text: str) -> None:
    person = await one_answered(quiet_world, channel, "START vote", "2")
    assert VOICE("done.waiting") in person.heard
    await person.say(text)
    assert VOICE("change.voted") not in person.heard
    assert "1/4" in person.heard
    await person.say("1")
    assert await codes(person) == {"vote", "plan"}


@channels
async def test_after_skipping_the_word_of_the_notice_begins_the_other(quiet_world: World, channel: str) -> None:
    person = await one_answered(quiet_world, channel, "START vote", "passer")
    assert VOICE("done.waiting") in person.heard
    await person.say("VOTE")
    assert "1/4" in person.heard
    assert await codes(person) == set()


@channels
async def test_of_several_that_wait_the_answered_one_is_none(quiet_world: World, channel: str) -> None:
    await quiet_world.open(coded("water"))
    person = await one_answered(quiet_world, channel, "START vote", "passer")
    await person.say("VOTE")
    listed = [choice.key for choice in person.choices if not choice.action]
    assert sorted(listed) == ["open:plan", "open:water"]


@channels
async def test_where_nothing_else_waits_the_word_is_the_code(quiet_world: World, channel: str) -> None:
    await quiet_world.close("plan")
    person = await one_answered(quiet_world, channel, "2", "VOTE")
    assert VOICE("change.voted") in person.heard


@channels
async def test_what_was_skipped_alone_begins_again(quiet_world: World, channel: str) -> None:
    await quiet_world.close("plan")
    person = await one_answered(quiet_world, channel, "passer", "VOTE")
    assert "texte vote" in person.heard


@channels
async def test_its_own_name_leads_back_to_the_one_that_ended(quiet_world: World, channel: str) -> None:
    person = await one_answered(quiet_world, channel, "START vote", "2", "START vote")
    assert VOICE("change.voted") in person.heard
