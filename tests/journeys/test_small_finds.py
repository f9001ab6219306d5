"""What a vote repeats by SMS, what works before consent, a vote that is still waiting, an idea left by STOP."""

from __future__ import annotations

import pytest

from tests.consultations import question, vote, words
from tests.direct import DirectPerson
from tests.journeys.test_consent_and_the_lost import asked_for_consent
from tests.journeys.test_votes_counted_as_given import VOICE, channels, open_only, voter
from tests.world import World


async def test_by_sms_a_question_asked_again_says_what_was_answered(quiet_world: World) -> None:
    kinds = [
        question("single", options=3), question("several", options=4, most=3), question("yes_no"),
        question("scale", low=1, high=5), question("text"),
    ]  # fmt: skip
    await open_only(quiet_world, {"code": "round", "title": words("round"), "questions": kinds})
    person = await voter(quiet_world, "sms")
    for text in ("2", "1 3", "oui", "4", "une route"):
        await person.say(text)
    await person.say("changer")
    assert person.heard.startswith(VOICE("change.intro"))
    for text in ("2", "1, 3", VOICE("word.yes"), "4", "une route"):
        assert VOICE("answer.yours", said=text) in person.heard.replace("،", ",")
        await person.say("passer")


async def test_on_telegram_only_own_words_are_said_again(quiet_world: World) -> None:
    kinds = [question("single", options=3), question("text")]
    await open_only(quiet_world, {"code": "round", "title": words("round"), "questions": kinds})
    person = await voter(quiet_world, "telegram")
    for text in ("2", "une route", "changer"):
        await person.say(text)
    assert VOICE("answer.yours", said="2") not in person.heard
    await person.say("passer")
    assert VOICE("answer.yours", said="une route") in person.heard


async def test_a_first_time_through_says_nothing_of_answers(quiet_world: World) -> None:
    await open_only(quiet_world, vote("single", options=3))
    person = await voter(quiet_world, "sms")
    assert VOICE("answer.yours", said="") not in person.heard


async def test_before_consent_the_lost_hear_only_what_works(world: World) -> None:
    person = await asked_for_consent(world)
    for text in ("zzz qqq", "www kkk", "vvv jjj"):
        await person.say(text)
    assert person.words("lost.early") in person.heard
    assert "MENU" not in person.heard


@channels
async def test_the_whole_question_for_consent_is_read_twice_at_most(world: World, channel: str) -> None:
    person = await asked_for_consent(world, channel)
    whole = [person.words("consent.ask") in person.heard]
    for text in ("écrire", "retour", "menu", "idée"):
        await person.say(text)
        whole.append(person.words("consent.ask") in person.heard)
    assert whole.count(True) == 2
    assert person.words("consent.again") in person.heard
    await person.say("langue")
    await person.say("العربية")
    assert person.words("consent.ask", "ar") in person.heard  # not yet shown in this language


@channels
async def test_the_vote_that_waits_is_still_on_offer_after_one_more_choice(quiet_world: World, channel: str) -> None:
    await quiet_world.open(vote("several", options=4, most=4))
    person = await voter(quiet_world, channel)
    await person.say("round")
    await person.say("1")
    if channel == "telegram":
        await person.say("valider")
    assert "go:votes" in [choice.key for choice in person.choices]
    await person.say("2")
    assert "go:votes" in [choice.key for choice in person.choices]
    await person.say("non")
    assert "go:votes" in [choice.key for choice in person.choices]


@channels
async def test_an_idea_left_by_stop_is_shown_again_after_start(quiet_world: World, channel: str) -> None:
    person = await voter(quiet_world, channel)
    for text in ("idée", "un puits pour le douar", "STOP", "START", "oui"):
        await person.say(text)
    assert person.words("idea.more", number=1) in person.heard
    await person.say("et une route")
    assert person.words("idea.more", number=2) in person.heard


@pytest.mark.parametrize("text", ["STOP", "stop svp"])
async def test_without_an_idea_start_begins_none(quiet_world: World, text: str) -> None:
    person: DirectPerson = await voter(quiet_world, "sms")
    for each in ("idée", text, "START", "oui"):
        await person.say(each)
    assert "1/4" in person.heard
