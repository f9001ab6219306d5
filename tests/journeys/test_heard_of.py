"""A question whether people have heard of something: what they say about it is a yes or no, and is repeated."""

from __future__ import annotations

import pytest

from tests.consultations import question, words
from tests.journeys.test_votes_counted_as_given import VOICE, only_ballot, open_only, voter
from tests.world import World

HEARD = {**question("yes_no"), "text": {**words("heard"), "fr": "Avez-vous entendu parler du budget participatif ?"}}


@pytest.mark.parametrize(("text", "value"), [("ma sma3tshi biha", "no"), ("سمعت بها فالراديو", "yes")])
async def test_what_they_tell_is_the_answer(quiet_world: World, text: str, value: str) -> None:
    await open_only(quiet_world, {"code": "round", "title": words("round"), "questions": [HEARD, question("text")]})
    person = await voter(quiet_world, "sms")
    await person.say(text)
    assert await only_ballot(person) == {1: [value]}


async def test_it_answers_no_other_question(quiet_world: World) -> None:
    await open_only(quiet_world, {"code": "round", "title": words("round"), "questions": [question("yes_no")]})
    person = await voter(quiet_world, "sms")
    await person.say("ma sma3tshi biha")
    assert VOICE("expect.yes_no") in person.heard
