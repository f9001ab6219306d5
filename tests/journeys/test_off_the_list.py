"""Numbers that are on no list, and texts of proposals: the choices are named, with a way on."""

from __future__ import annotations

import pytest

from sawt.compose import catalogs
from tests.commitments.plans import add_plan
from tests.consultations import proposal, question, vote, words
from tests.desk.test_letters import arrived
from tests.journeys.test_votes_counted_as_given import only_ballot, open_only, voter
from tests.meetings.planned import planned, registered
from tests.world import World

channels = pytest.mark.parametrize("channel", ["sms", "telegram"])
VOICE = catalogs().voice("fr")
LISTS = ("menu", "réunions", "suivre", "statut", "vote")


@channels
async def test_a_number_off_a_list_hears_how_many_there_are(quiet_world: World, channel: str) -> None:
    await add_plan(quiet_world)
    await planned(quiet_world)
    await planned(quiet_world, "tetouan")
    await quiet_world.open(vote("several"))
    person = await voter(quiet_world, channel)
    for opened in LISTS:
        await person.say(opened)
        listed = sum(not choice.action for choice in person.choices)
        for wrong in ("77", "٧٧", "0099"):
            await person.say(wrong)
            assert VOICE("expect.choice", last=listed) in person.heard, (opened, wrong)
            assert VOICE("lost") not in person.heard
        await person.say("retour")


@channels
@pytest.mark.parametrize("number", ["0099", "3", "٣", "trois"])
async def test_a_meeting_off_the_list_is_none_of_it(quiet_world: World, channel: str, number: str) -> None:
    for code in ("tanger", "tetouan"):
        await planned(quiet_world, code)
    person = await arrived(quiet_world, channel)
    await person.say(f"réunion {number}")
    off = 99 if number == "0099" else 3
    assert person.heard.startswith(VOICE("list.off", number=off))
    assert VOICE("meeting.over") not in person.heard
    assert sum(not choice.action for choice in person.choices) == 2
    await person.say("2")
    await person.say("oui")
    await person.say(f"annuler réunion {number}")
    assert person.heard.startswith(VOICE("list.off", number=off))
    assert len(await registered(quiet_world, 2)) == 1


NAMED = [
    {"ar": "الماء الصالح للشرب", "fr": "L'eau potable", "zgh": "ⴰⵎⴰⵏ"},
    words("routes rurales"),
    words("routes larges"),
]


@channels
@pytest.mark.parametrize(
    "text", ["تفاصيل الماء", "détail eau", "detail l'eau", "détail potable", "DETAIL puits", "detail 1"]
)
async def test_a_text_by_a_name_in_place_of_its_number(quiet_world: World, channel: str, text: str) -> None:
    options = [{**proposal(place), **named} for place, named in enumerate(NAMED, start=1)]
    asked = {**question("several"), "options": options}
    await open_only(quiet_world, {"code": "round", "title": words("round"), "questions": [asked]})
    person = await voter(quiet_world, channel)
    await person.say(text)
    assert "texte detail 1" in person.heard
    assert person.heard.endswith(VOICE("detail.choose", number="1"))
    await person.say("detail routes")  # two have that name
    assert person.heard == VOICE("detail.how", number="3")


@channels
async def test_a_text_has_a_way_on_and_says_how_to_choose(quiet_world: World, channel: str) -> None:
    await quiet_world.open(vote("several"))
    person = await voter(quiet_world, channel)
    await person.say("retour")
    listed = [choice.key for choice in person.choices]
    assert listed[:2] == ["open:plan", "open:round"]
    for text in ("detail 3", "detail 9"):
        await person.say(text)
        assert [choice.key for choice in person.choices] == listed
    assert VOICE("detail.how", number="1") in person.heard
    await person.say("detail 3")
    assert VOICE("detail.vote", word="ROUND") in person.heard
    for text in ("ROUND", "1", "detail 3"):
        await person.say(text)
    assert VOICE("detail.choose", number="3") in person.heard
    assert "go:menu" in [choice.key for choice in person.choices]
    await person.say("3")  # as the hint says
    assert await only_ballot(person) == {1: ["1", "3"]}
    quiet_world.now.advance(hours=1)
    await person.say("detail 4")
    assert VOICE("detail.vote", word="ROUND") in person.heard
    assert "go:menu" in [choice.key for choice in person.choices]


@channels
@pytest.mark.parametrize("back", ["0", "retour"])
async def test_back_from_a_list_opened_amid_a_vote_leads_to_its_question(
    quiet_world: World, channel: str, back: str
) -> None:
    await quiet_world.open(vote("several"))
    person = await voter(quiet_world, channel)
    for text in ("plan", "1", "vote"):
        await person.say(text)
    assert person.heard.startswith(VOICE("home.choose"))
    await person.say(back)
    assert "2/4" in person.heard


@channels
async def test_back_at_the_first_statement_and_at_a_pause(quiet_world: World, channel: str) -> None:
    await open_only(quiet_world, vote("statements", options=4, sitting=2))
    person = await voter(quiet_world, channel)
    for text in ("1", "1"):
        await person.say(text)
    assert "2/4" in person.heard  # the pause
    for place in (2, 1):
        await person.say("0")
        assert f"{place}/4" in person.heard
    await person.say("0")
    assert VOICE("home.choose") in person.heard
