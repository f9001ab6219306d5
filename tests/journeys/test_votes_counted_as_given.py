"""A ballot contains what its owner answered to each question: in short messages, by ticks, going back, changing."""

from __future__ import annotations

from typing import Any

import pytest

from sawt.compose import catalogs
from tests.ballots import answers_of, ballots_of
from tests.consultations import main_consultation, question, vote, words
from tests.direct import DirectPerson
from tests.journeys.anything import RECEIPT
from tests.seating import seat
from tests.world import World

channels = pytest.mark.parametrize("channel", ["sms", "telegram"])
VOICE = catalogs().voice("fr")


async def voter(world: World, channel: str, kind: type[DirectPerson] = DirectPerson) -> DirectPerson:
    """Somebody who joined in French."""
    person = kind.new(world, channel)
    await seat(world, channel, person.address, "fr")
    await person.say("3")
    return person


async def open_only(world: World, consultation: dict[str, Any]) -> None:
    """Make this consultation the only open one."""
    await world.close("plan")
    await world.open(consultation)


async def only_ballot(person: DirectPerson) -> dict[int, list[str]]:
    """Their only ballot."""
    return await answers_of(person.world, person.channel, person.address)


async def codes(person: DirectPerson) -> set[str]:
    """The consultations in which they have a ballot."""
    return {code for code, _ in await ballots_of(person.world, person.channel, person.address)}


def key_of(person: DirectPerson, place: int) -> str:
    """The key of the choice at this place."""
    return [choice.key for choice in person.choices if not choice.action][place - 1]


@channels
@pytest.mark.parametrize(
    ("kind", "told"),
    [("several", "texte option 2, texte option 1"), ("ranking", "texte option 2 (1), texte option 1 (2)")],
)
async def test_a_whole_answer_that_does_not_fit_beside_others_is_a_new_one(
    own_world: World, channel: str, kind: str, told: str
) -> None:
    asked = [question(kind, options=5, least=2, most=3), question("single", options=4)]
    await open_only(own_world, {**vote("several"), "questions": asked})
    person = await voter(own_world, channel)
    for text in ("4", "5"):
        await person.say(text)
    await person.say("2 1")
    assert VOICE("echo", said=told) in person.heard
    assert await only_ballot(person) == {1: ["2", "1"]}
    await person.say("3")  # this one fits beside them
    assert await only_ballot(person) == {1: ["2", "1", "3"]}


@channels
async def test_choices_in_many_short_messages_are_one_answer(own_world: World, channel: str) -> None:
    await own_world.open(vote("several", most=3))
    person = await voter(own_world, channel)
    await person.say("round")
    await person.say("1")
    receipt = RECEIPT.search(person.heard)
    assert receipt is not None
    assert "texte option 1" in person.heard
    await person.say("3")
    assert VOICE("echo", said="texte option 1, texte option 3") in person.heard
    assert VOICE("more.ask") in person.heard
    await person.say("3")  # sent twice by the phone
    await person.say("٢")
    assert VOICE("more.ask") not in person.heard  # three is the maximum
    assert await only_ballot(person) == {1: ["1", "3", "2"]}
    await person.say("5")
    assert VOICE("rule.many", given=4, most=3) in person.heard
    assert await only_ballot(person) == {1: ["1", "3", "2"]}
    own_world.now.advance(minutes=11)
    await person.say("4")
    assert await only_ballot(person) == {1: ["1", "3", "2"]}
    assert await codes(person) == {"round"}


@channels
@pytest.mark.parametrize("text", ["option 3", "l'option 3 svp", "c", "la troisième"])
async def test_further_choices_may_be_named(own_world: World, channel: str, text: str) -> None:
    await open_only(own_world, vote("several"))
    person = await voter(own_world, channel)
    await person.say("1")
    await person.say(text)
    assert (await only_ballot(person))[1] == ["1", "3"]


@channels
async def test_a_question_or_thanks_after_the_end_adds_nothing(own_world: World, channel: str) -> None:
    await open_only(own_world, vote("several"))
    person = await voter(own_world, channel)
    await person.say("1")
    for text in ("merci", "l'option 3 quand ?", "merci pour l'option 3"):
        await person.say(text)
        assert (await only_ballot(person))[1] == ["1"], text


@channels
async def test_in_the_middle_one_choice_waits_for_more(own_world: World, channel: str) -> None:
    asked = [question("several", options=4, most=3), question("single", options=4)]
    await open_only(own_world, {"code": "two", "title": words("two"), "questions": asked})
    person = await voter(own_world, channel)
    await person.say("1")
    assert "1/2" not in person.heard
    assert VOICE("more.ask") in person.heard
    await person.say("4")
    assert VOICE("echo", said="texte option 1, texte option 4") in person.heard
    await person.say("non")
    assert "2/2" in person.heard
    await person.say("2")
    assert await only_ballot(person) == {1: ["1", "4"], 2: ["2"]}
    assert VOICE("echo", said="texte option 1, texte option 4 ; texte option 2") in person.heard


STRAYS = ("2", "0", "retour", "aaaa", "Voici la rue cassée", "adfar 2", "3 1", "plus tard")


@channels
@pytest.mark.parametrize("stray", STRAYS)
async def test_a_stray_message_after_the_end_begins_and_answers_nothing(
    own_world: World, channel: str, stray: str
) -> None:
    await own_world.open({**vote("several"), "questions": [question("single", options=4)]})
    person = await voter(own_world, channel)
    await person.say("round")
    await person.say("1")
    assert VOICE("done.waiting") in person.heard
    await person.say(stray)
    assert "1/4" not in person.heard
    await person.say(stray)
    assert await only_ballot(person) == {1: ["1"]}
    assert await codes(person) == {"round"}


@channels
@pytest.mark.parametrize(
    "begun_by", ["VOTE", "plan", "texte plan", "commencer", "START PLAN", "«Plan.»", "\u200fPLAN!"]
)
async def test_what_waits_begins_by_its_name_or_a_plain_word(own_world: World, channel: str, begun_by: str) -> None:
    await own_world.open(vote("several"))
    person = await voter(own_world, channel)
    await person.say("round")
    await person.say("1 2")
    await person.say(begun_by)
    assert "1/4" in person.heard


@channels
async def test_back_after_the_end_leads_to_the_last_question(own_world: World, channel: str) -> None:
    person = await voter(own_world, channel)
    for text in ("1", "oui", "4", "une route"):
        await person.say(text)
    receipt = RECEIPT.search(person.heard)
    await person.say("RETOUR")
    assert "4/4" in person.heard
    await person.say("un puits")
    assert receipt is not None
    assert VOICE("done.changed", receipt=receipt.group()) in person.heard
    assert (await only_ballot(person))[4] == ["un puits"]


async def test_ticks_and_typed_choices_add_up(own_world: World) -> None:
    await open_only(own_world, vote("several", most=3))
    person = await voter(own_world, "telegram")
    await person.tap(key_of(person, 1))
    await person.say("3")
    assert [choice.label for choice in person.choices if choice.chosen] == ["texte option 1", "texte option 3"]
    assert VOICE("echo", said="texte option 1, texte option 3") in person.heard
    await person.take(next(choice for choice in person.choices if choice.key.endswith(":done")))
    assert RECEIPT.search(person.heard)
    assert await only_ballot(person) == {1: ["1", "3"]}


async def test_a_ranking_in_tifinagh_goes_on_from_the_taps(own_world: World) -> None:
    await open_only(own_world, vote("ranking", options=3))
    person = await voter(own_world, "telegram")
    await person.tap(key_of(person, 2))
    await person.say("ⴽⵕⴰⴹ")
    assert [choice.label for choice in person.choices if choice.chosen] == ["texte option 2 (1)", "texte option 3 (2)"]
    await person.say("1")
    assert VOICE("echo", said="texte option 2 (1), texte option 3 (2), texte option 1 (3)") in person.heard
    assert await only_ballot(person) == {1: ["2", "3", "1"]}


@channels
async def test_a_changed_ranking_is_echoed_as_it_is_stored(own_world: World, channel: str) -> None:
    await open_only(own_world, vote("ranking", options=4))
    person = await voter(own_world, channel)
    await person.say("2 1 3")
    assert VOICE("echo", said="texte option 2 (1), texte option 1 (2), texte option 3 (3)") in person.heard
    await person.say("changer")
    await person.say("4 3 2 1")
    told = "texte option 4 (1), texte option 3 (2), texte option 2 (3), texte option 1 (4)"
    assert VOICE("echo", said=told) in person.heard
    receipt = RECEIPT.search(person.heard)
    assert receipt is not None
    assert person.heard.startswith(VOICE("done.changed", receipt=receipt.group()))
    assert await only_ballot(person) == {1: ["4", "3", "2", "1"]}


BROKEN = {
    "many": (vote("several", most=3), "1 2 3 4", VOICE("rule.many", given=4, most=3)),
    "twice": (vote("several", most=3), "1 1", VOICE("rule.twice")),
    "few": (vote("points", total=10, least=2), "A5", VOICE("rule.few", given=1, least=2)),
    "points": (vote("points", total=10), "A5 B6", VOICE("rule.points", given=11, total=10, over=1)),
    "same points": (vote("points", total=10), "A5 A3", VOICE("rule.twice")),
}


@channels
@pytest.mark.parametrize("which", BROKEN)
async def test_a_broken_rule_is_told_and_is_no_misunderstanding(own_world: World, channel: str, which: str) -> None:
    consultation, text, rule = BROKEN[which]
    await open_only(own_world, consultation)
    person = await voter(own_world, channel)
    await person.say(text)
    assert person.heard.startswith(rule)
    assert VOICE("missed") not in person.heard
    assert await codes(person) == set()


@channels
async def test_points_that_are_left_are_told_and_can_be_given(own_world: World, channel: str) -> None:
    await open_only(own_world, vote("points", total=10))
    person = await voter(own_world, channel)
    await person.say("A3 B3")
    assert VOICE("points.left", left=4) in person.heard
    await person.say("C4")
    assert VOICE("echo", said="texte option 1 : 3, texte option 2 : 3, texte option 3 : 4") in person.heard
    await person.say("D1")
    assert VOICE("rule.points", given=11, total=10, over=1) in person.heard


async def test_a_tap_too_many_changes_nothing_and_no_old_error_stays(own_world: World) -> None:
    await open_only(own_world, vote("several", most=2))
    person = await voter(own_world, "telegram")
    keys = [key_of(person, place) for place in (1, 2, 3)]
    await person.say("xyzzy")
    assert VOICE("missed") in person.heard
    for key in keys:
        await person.tap(key)
    (edit,) = person.replies
    assert edit.replaces
    assert edit.text.startswith(VOICE("rule.many", given=3, most=2))
    assert [choice.key for choice in edit.choices if choice.chosen] == keys[:2]
    await person.tap(keys[0])
    (edit,) = person.replies
    assert edit.text.startswith("texte several")
    assert [choice.key for choice in edit.choices if choice.chosen] == keys[1:2]


@channels
async def test_a_slip_repeats_the_list_of_votes_to_change(own_world: World, channel: str) -> None:
    for code in ("second", "third"):
        await own_world.open({**main_consultation(), "code": code, "title": words(code)})
    person = await voter(own_world, channel)
    for code in ("plan", "second"):
        for text in (code, "1", "oui", "4", "une route"):
            await person.say(text)
    await person.say("changer")
    asked = person.heard
    assert asked.startswith(VOICE("change.which"))
    await person.say("1 2 3 4")
    assert person.heard.startswith(VOICE("change.which"))
    assert [choice.label for choice in person.choices if not choice.action] == ["texte plan", "texte second"]
    await person.say("2")
    assert VOICE("change.intro") in person.heard


@channels
async def test_vote_after_voting_says_that_it_changes_the_vote(own_world: World, channel: str) -> None:
    await open_only(own_world, vote("several"))
    person = await voter(own_world, channel)
    await person.say("1 2")
    await person.say("round")
    assert person.heard.startswith(VOICE("change.voted"))
    await person.say("3 4")
    places = ["1", "2", "3", "4"] if channel == "telegram" else ["3", "4"]  # it adds to what is shown ticked
    assert VOICE("echo", said=", ".join(f"texte option {place}" for place in places)) in person.heard
    assert await only_ballot(person) == {1: places}
