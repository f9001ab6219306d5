"""A ranking typed in full replaces the one before; otherwise only new options are added to it."""

from __future__ import annotations

import pytest

from tests.consultations import question, vote, words
from tests.journeys.test_changing import ranked
from tests.journeys.test_votes_counted_as_given import VOICE, channels, key_of, only_ballot, open_only, voter
from tests.world import World


@channels
@pytest.mark.parametrize(
    ("message", "ranking"),
    [
        (("3", "4 3 2 1"), "4 3 2 1"),
        (("3", "2 ثم 1 ثم 3 ثم 4"), "2 1 3 4"),
        (("3", "4 3"), "4 3"),  # 3 has another rank now
        (("3 2", "2 1"), "2 1"),
        (("3", "3 1"), "3 1"),  # it keeps its rank
        (("3", "1 4"), "3 1 4"),
        (("3 1", "3 2"), "3 2"),
        (("3 1 2", "3 1"), "3 1 2"),
        (("3", "1", "1"), "3 1"),  # the phone sent it twice
        (("3 1", "1 3 2", "4"), "1 3 2 4"),
    ],
)
async def test_a_whole_ranking_begins_anew(
    quiet_world: World, channel: str, message: tuple[str, ...], ranking: str
) -> None:
    await open_only(quiet_world, vote("ranking", options=4))
    person = await voter(quiet_world, channel)
    for text in message:
        await person.say(text)
    assert await only_ballot(person) == {1: ranking.split()}
    assert VOICE("echo", said=ranked(*map(int, ranking.split()))) in person.heard


@channels
async def test_as_many_as_can_be_ranked_are_a_whole_ranking(quiet_world: World, channel: str) -> None:
    await open_only(quiet_world, vote("ranking", options=6, most=3))
    person = await voter(quiet_world, channel)
    await person.say("3")
    await person.say("4 5 6")
    assert await only_ballot(person) == {1: ["4", "5", "6"]}


@channels
async def test_a_ranking_in_the_middle_begins_anew(quiet_world: World, channel: str) -> None:
    asked = [question("ranking", options=4), question("yes_no")]
    await open_only(quiet_world, {"code": "round", "title": words("round"), "questions": asked})
    person = await voter(quiet_world, channel)
    await person.say("3")
    await person.say("4 3 2 1")
    assert person.heard.startswith(VOICE("echo", said=ranked(4, 3, 2, 1)))
    assert "2/2" in person.heard


async def test_a_ranking_typed_after_taps_begins_anew(quiet_world: World) -> None:
    await open_only(quiet_world, vote("ranking", options=4))
    person = await voter(quiet_world, "telegram")
    await person.tap(key_of(person, 3))
    await person.say("4 3 2 1")
    assert await only_ballot(person) == {1: ["4", "3", "2", "1"]}


@pytest.mark.parametrize("kind", ["ranking", "several"])
@pytest.mark.parametrize("place", ["last", "middle"])
async def test_back_by_sms_the_first_choice_begins_a_new_answer(quiet_world: World, kind: str, place: str) -> None:
    asked = [question(kind, options=4), *([question("yes_no")] if place == "middle" else [])]
    await open_only(quiet_world, {"code": "round", "title": words("round"), "questions": asked})
    person = await voter(quiet_world, "sms")
    for text in ("3 1", "4 2", "retour", "1"):
        await person.say(text)
    assert (await only_ballot(person))[1] == ["1"]
    await person.say("2")
    assert (await only_ballot(person))[1] == ["1", "2"]
    assert "texte option 1" in person.heard
