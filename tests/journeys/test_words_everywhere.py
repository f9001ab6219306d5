"""Words that work everywhere: CHANGE, wishes from before consent, a language that stays."""

from __future__ import annotations

import pytest

from sawt.compose import catalogs
from tests.agents.test_assisting import code
from tests.commitments.plans import add_plan
from tests.consultations import every_kind, question, words
from tests.direct import DirectPerson
from tests.journeys.test_votes_counted_as_given import only_ballot, open_only, voter
from tests.meetings.planned import planned
from tests.world import World

channels = pytest.mark.parametrize("channel", ["sms", "telegram"])
VOICE = catalogs().voice("fr")


@channels
@pytest.mark.parametrize("text", ["CHANGER", "تغيير"])
@pytest.mark.parametrize("at", ["menu", "suivre", "kinds"])
async def test_a_vote_is_changed_from_anywhere(quiet_world: World, channel: str, at: str, text: str) -> None:
    person = await voter(quiet_world, channel)
    for answer in ("1", "oui", "3", "un pont"):
        await person.say(answer)
    await quiet_world.open(every_kind())
    for word in (at, text):
        await person.say(word)
    assert person.heard.startswith(VOICE("change.intro"))
    assert "1/4 texte single" in person.heard


@channels
@pytest.mark.parametrize(("at", "shown"), [("menu", "menu.ask"), ("texte plan", ""), ("suivre", "follow.ask")])
async def test_where_nothing_was_answered_it_says_so(quiet_world: World, channel: str, at: str, shown: str) -> None:
    person = await voter(quiet_world, channel)
    for word in (at, "changer"):
        await person.say(word)
    assert person.heard.startswith(VOICE("change.nothing"))
    assert (VOICE(shown) if shown else "1/4 texte single") in person.heard


async def joining(world: World, channel: str, text: str) -> DirectPerson:
    """Somebody who says this when asked for consent, then agrees and names a province."""
    person = DirectPerson.new(world, channel)
    await person.say("hello")
    await person.take(person.choices[1])
    await person.say(text)
    assert person.heard.startswith(VOICE("consent.first"))
    await person.say("oui")
    await person.say("3")
    return person


@channels
@pytest.mark.parametrize(
    ("text", "asked"),
    [("IDÉE", "idea.write"), ("idée un puits pour le douar", "idea.write"), ("RÉUNION", "meetings.ask")],
)
async def test_what_was_asked_before_consent_comes_after_it(
    quiet_world: World, channel: str, text: str, asked: str
) -> None:
    await planned(quiet_world)
    person = await joining(quiet_world, channel, text)
    assert VOICE(asked) in person.heard
    await person.say("retour")
    await person.say("vote")
    assert "1/4" in person.heard


@channels
async def test_an_agent_who_joins_is_one_at_once(quiet_world: World, channel: str) -> None:
    person = await joining(quiet_world, channel, f"AGENT {await code(quiet_world)}")
    assert VOICE("assist.begin", number=1) in person.heard


@channels
@pytest.mark.parametrize(("first", "then", "language"), [("salam", "wakha", "ar"), ("azul", "yah", "zgh")])
async def test_the_language_question_stays_in_its_language(
    quiet_world: World, channel: str, first: str, then: str, language: str
) -> None:
    person, voice = DirectPerson.new(quiet_world, channel), catalogs().voice(language, latin=language == "zgh")
    for text in (first, then):
        await person.say(text)
        assert voice("language.ask") in person.heard
    for text in ("qsdf", "poiuy"):  # shown twice
        await person.say(text)
        assert voice("language.ask") not in person.heard


@channels
@pytest.mark.parametrize("text", ["1 3", "4 4", "1, 2 et 3", "٢ ٣"])
async def test_one_choice_is_one_number(quiet_world: World, channel: str, text: str) -> None:
    person = await voter(quiet_world, channel)
    await person.say("plan")
    await person.say(text)
    assert person.heard.startswith(VOICE("rule.one"))
    assert "1/4" in person.heard


@channels
@pytest.mark.parametrize(
    ("text", "values"),
    [("4 4 1 1", ["4", "4", "1", "1"]), ("10 0 0 0", ["10"]), ("4 4 1 2", None), ("4", None), ("11", None)],
)
async def test_points_in_the_order_of_the_list(
    quiet_world: World, channel: str, text: str, values: list[str] | None
) -> None:
    asked = question("points", options=4, total=10)
    await open_only(quiet_world, {"code": "round", "title": words("round"), "questions": [asked]})
    person = await voter(quiet_world, channel)
    await person.say(text)
    if values is None:
        assert VOICE("expect.points", count=10, example="A5 B5") in person.heard
    else:
        assert [each.partition(":")[2] for each in (await only_ballot(person))[1]] == values


@channels
async def test_only_what_was_followed_is_left(quiet_world: World, channel: str) -> None:
    await add_plan(quiet_world)
    person = await voter(quiet_world, channel)
    for text in ("suivre", "3", "ne plus suivre 3"):
        await person.say(text)
    assert VOICE("follow.gone", what="Routes et transport") in person.heard
    for text in ("3", "1", "eau"):
        await person.say(f"ne plus suivre {text}")
        assert VOICE("unfollow.unknown") in person.heard
        assert VOICE("follow.nothing") in person.heard
    for text in ("suivre 3", "suivre santé", "ne plus suivre", "ne plus suivre 2"):
        await person.say(text)
    assert VOICE("follow.gone", what="Santé") in person.heard
    await person.say("ne plus suivre 3")  # as announced when it began
    assert VOICE("follow.gone", what="texte label 3") in person.heard


@channels
async def test_my_data_tell_what_they_took_part_in(quiet_world: World, channel: str) -> None:
    await quiet_world.open({**every_kind(), "title": words("consultation dont le titre est vraiment bien long")})
    person = DirectPerson.new(quiet_world, channel)
    for text in ("hello", "2", "oui", "passer"):
        await person.say(text)
    for text in ("texte plan", "mes données"):
        await person.say(text)
    assert VOICE("mine.unsaid") in person.heard
    assert "?" not in person.heard
    assert "texte plan" not in person.heard
    for text in ("plan", "1", "kinds", "oui", "mes données"):
        await person.say(text)
    assert VOICE("mine.part", title="texte consultation dont le titre est vraiment bien long...") in person.heard
