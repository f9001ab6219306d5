"""Words with two meanings are asked back, or mean what is named: "safi" at consent, "engagement 3" in a list."""

from __future__ import annotations

import pytest

from api.residents import service as residents
from sawt.compose import catalogs
from tests.desk.test_letters import arrived
from tests.direct import DirectPerson
from tests.journeys.test_consent_and_the_lost import asked_for_consent
from tests.journeys.test_stop_in_own_words import state_of
from tests.meetings.planned import planned, registered
from tests.world import World

channels = pytest.mark.parametrize("channel", ["sms", "telegram"])
VOICE = catalogs().voice("fr")
HINT = VOICE("hint.choice", choice=VOICE("word.yes"))


@channels
@pytest.mark.parametrize("text", ["صافي", "safi", "Safi.", "سافي", "صافي شكرا", "safi safi"])
async def test_enough_or_all_right_is_asked_back_at_consent(quiet_world: World, channel: str, text: str) -> None:
    person = await asked_for_consent(quiet_world, channel)
    for _ in range(2):  # repeating it makes it no clearer
        await person.say(text)
        assert person.heard.startswith(HINT)
        assert await state_of(quiet_world, person) == residents.JOINING
    await person.say("واخا")
    assert await state_of(quiet_world, person) == residents.ACTIVE


@pytest.mark.parametrize("text", ["وخا صافي", "صافي واخا", "واخا", "ok safi", "وخا", "wakha safi"])
async def test_a_yes_beside_it_is_a_yes(quiet_world: World, text: str) -> None:
    person = await asked_for_consent(quiet_world)
    await person.say(text)
    assert await state_of(quiet_world, person) == residents.ACTIVE


async def test_nothing_is_erased_by_it(quiet_world: World) -> None:
    person = await arrived(quiet_world)
    for text in ("mes données", "1", "صافي"):
        await person.say(text)
    assert person.heard.startswith(HINT)
    assert await state_of(quiet_world, person) == residents.ACTIVE


async def test_in_a_vote_it_is_a_yes_that_is_repeated(quiet_world: World) -> None:
    person = await arrived(quiet_world)
    await person.say("1")
    await person.say("صافي")
    assert person.heard.startswith(VOICE("echo", said=VOICE("word.yes")))


NAMED = ("ENGAGEMENT 3", "l'engagement n°3", "REUNION 2", "IDEE 1", "suivre 3", "vote 2", "الالتزام 3", "statut 1")


@channels
@pytest.mark.parametrize("text", NAMED)
async def test_the_name_of_a_thing_with_a_number_chooses_no_language(
    quiet_world: World, channel: str, text: str
) -> None:
    person = DirectPerson.new(quiet_world, channel)
    await person.say("hello")
    await person.say(text)
    offered = [choice.key for choice in person.choices]
    assert offered[0] == "lang:ar"
    await person.say("la 2 svp")  # a number among small words is a number
    assert person.heard.startswith(VOICE("consent.ask"))


async def test_nor_an_entry_of_the_menu(quiet_world: World) -> None:
    person = await arrived(quiet_world)
    for text in ("menu", "engagement 3"):
        await person.say(text)
    assert VOICE("status.none") in person.heard
    assert "1/4" in person.heard
    await person.say("engagement 3")  # here it is the third answer
    assert "2/4" in person.heard


WITHDRAW = (
    "إلغاء الاجتماع", "الغاء الاجتماع", "إلغاء اللقاء", "ألغ الاجتماع", "لغي الاجتماع", "لن أحضر", "ما غنجيش",
    "annuler la réunion", "annuler ma place", "annuler place", "annule ma réunion svp", "je ne peux plus venir",
    "annuler mon inscription", "annuler rencontre", "sbedd agraw", "bedd agraw", "ssr agraw", "ⵙⴱⴷⴷ ⴰⴳⵔⴰⵡ",
    "ⵙⵙⵔ ⵉⴳⵔⴰⵡⵏ", "cancel meeting", "annuler la réunion 1", "إلغاء الاجتماع ١",
)  # fmt: skip


@channels
async def test_a_seat_is_given_back_in_each_language(quiet_world: World, channel: str) -> None:
    number, person = await planned(quiet_world), await arrived(quiet_world, channel)
    for text in WITHDRAW:
        await person.say("réunion 1")
        await person.say("oui")
        assert len(await registered(quiet_world, number)) == 1, text
        await person.say(text)
        assert await registered(quiet_world, number) == [], text
        assert await state_of(quiet_world, person) == residents.ACTIVE
