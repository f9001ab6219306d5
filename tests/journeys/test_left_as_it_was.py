"""A counted answer stays until a complete one replaces it: numbers of other lists, skips and half answers do not."""

from __future__ import annotations

import pytest

from sawt.compose import catalogs
from tests.ballots import ballots_of
from tests.consultations import vote
from tests.journeys.test_votes_counted_as_given import only_ballot, open_only, voter
from tests.world import World

VOICE = catalogs().voice("fr")


async def test_a_text_of_another_vote_names_no_number_to_send(quiet_world: World) -> None:
    await quiet_world.open(vote("several"))
    person = await voter(quiet_world, "sms")
    await person.say("plan")
    await person.say("detail 2")
    assert "texte detail 2" in person.heard
    assert VOICE("detail.choose", number="2") not in person.heard
    await person.say("round")
    await person.say("detail 2")
    assert VOICE("detail.choose", number="2") in person.heard


@pytest.mark.parametrize("kind", ["several", "ranking"])
async def test_a_whole_answer_stays_until_the_new_one_is_whole(quiet_world: World, kind: str) -> None:
    await open_only(quiet_world, vote(kind, options=4, least=2))
    person = await voter(quiet_world, "sms")
    await person.say("1 2")
    await person.say("changer")
    await person.say("3")
    assert VOICE("rule.few", given=1, least=2) in person.heard
    assert await only_ballot(person) == {1: ["1", "2"]}
    await person.say("passer")
    assert "texte option 1" in person.heard
    assert await only_ballot(person) == {1: ["1", "2"]}
    await person.say("changer")
    await person.say("3 4")
    assert await only_ballot(person) == {1: ["3", "4"]}


@pytest.mark.parametrize("leaves", ["passer", "0", "retour"])
async def test_less_than_the_fewest_is_told_and_counts_for_nothing(quiet_world: World, leaves: str) -> None:
    await open_only(quiet_world, vote("ranking", options=4, least=2))
    person = await voter(quiet_world, "sms")
    await person.say("3")
    assert VOICE("rule.few", given=1, least=2) in person.heard
    assert VOICE("more.ask") in person.heard
    await person.say(leaves)
    assert VOICE("missed") not in person.heard
    assert await ballots_of(quiet_world, "sms", person.address) == []


async def test_short_messages_still_add_up_to_the_fewest(quiet_world: World) -> None:
    await open_only(quiet_world, vote("several", options=4, least=2, most=3))
    person = await voter(quiet_world, "sms")
    await person.say("3")
    await person.say("1")
    assert VOICE("rule.few", given=2, least=2) not in person.heard
    assert await only_ballot(person) == {1: ["3", "1"]}


async def test_a_number_after_a_skip_is_no_vote(quiet_world: World) -> None:
    await open_only(quiet_world, vote("several"))
    person = await voter(quiet_world, "sms")
    await person.say("passer")
    assert VOICE("done.empty") in person.heard
    await person.say("2")
    assert await ballots_of(quiet_world, "sms", person.address) == []
    await person.say("round")
    await person.say("1")
    await person.say("3")  # the answered question takes more
    await person.say("changer")
    await person.say("passer")
    await person.say("2")
    assert await only_ballot(person) == {1: ["1", "3"]}
