"""A number with a new owner: nobody sees what a former owner said, and a wrong number is forgotten on request."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from api.residents import service as residents
from api.residents.models import Resident
from api.workflows import residents as workflow_residents
from tests.consultations import main_consultation
from tests.direct import DirectPerson
from tests.journeys.test_stop_in_own_words import arrived, state_of
from tests.world import World

YEAR: Any = {"days": 366}
WRONG = (
    "Mauvais numéro", "désolé mauvais numéro", "vous vous trompez de numéro", "wrong number", "نمرة غالطة", "الرقم غلط",
    "vous vous trompez de personne", "je ne suis pas Ahmed", "je suis pas ahmed", "c'est pas mon numéro",
    "ghalat f nmra", "nmra ghalta", "ماشي انا", "راك غالط فالنمرة", "لست أحمد", "ana machi fatima",
    "c'est pas Karim El Fassi svp",
)  # fmt: skip


async def voted(world: World, channel: str = "sms") -> DirectPerson:
    """Somebody who answered everything."""
    person = await arrived(world, channel, answers=3)
    await person.say("un pont")
    return person


async def reached(world: World) -> int:
    """How many residents may be written to."""
    async with world.db.transaction() as session:
        wanted = select(func.count()).select_from(Resident).where(Resident.state == residents.ACTIVE)
        return await session.scalar(wanted) or 0


@pytest.mark.parametrize("text", WRONG)
async def test_a_wrong_number_is_offered_to_be_forgotten(world: World, text: str) -> None:
    person, before = await arrived(world), await reached(world)
    await person.say(text)
    assert person.heard == person.words("wrong.ask")
    await person.say("oui")
    assert person.heard == person.words("wrong.done")
    assert await reached(world) == before - 1
    assert await state_of(world, person) == residents.ERASED


@pytest.mark.parametrize("channel", ["sms", "telegram"])
@pytest.mark.parametrize("answers", [0, 3])
@pytest.mark.parametrize("text", ["bonjour", "1", "oui", "VOTE", "français"])
async def test_a_wrong_number_stays_out_until_start_also_when_nothing_is_open(
    own_world: World, channel: str, answers: int, text: str
) -> None:
    """As after STOP. The vote whose openness keeps the hash of an erased number is closed here."""
    person = await arrived(own_world, channel, answers=answers)
    for each in ("mauvais numéro", "oui"):
        await person.say(each)
    await own_world.close("plan")
    own_world.now.advance(days=400)
    async with own_world.db.transaction() as session:
        await workflow_residents.forget(session, now=own_world.now())
    for _ in range(2):
        await person.say(text)
        assert "START" in person.heard
        assert not person.choices
    assert await state_of(own_world, person) == residents.STOPPED
    await person.say("START")
    assert await state_of(own_world, person) == residents.JOINING


@pytest.mark.parametrize("channel", ["sms", "telegram"])
async def test_a_slip_erases_nothing(world: World, channel: str) -> None:
    person = await arrived(world, channel)
    await person.say("mauvais numéro")
    await person.say("0")
    await person.say("mauvais numéro")
    await person.say("non")
    assert "1/4" in person.heard
    assert await state_of(world, person) == residents.ACTIVE


@pytest.mark.parametrize("text", ["MES DONNEES", "START", "CHANGER", "bonjour", "1", "ERASE", "idée"])
async def test_after_a_year_of_silence_they_are_asked_first(own_world: World, text: str) -> None:
    person = await voted(own_world)
    own_world.now.advance(**YEAR)
    await person.say(text)
    assert person.heard == person.words("same.ask")
    await person.say("MES DONNEES")
    assert person.words("same.ask") in person.heard
    assert "Tanger" not in person.heard
    await person.say("non")
    assert person.heard == person.words("language.ask")
    await person.say("français")
    assert person.heard.startswith(person.words("consent.ask"))
    await person.say("mes données")
    assert "plan" not in person.heard


async def test_who_is_the_same_goes_on(own_world: World) -> None:
    person = await arrived(own_world, answers=1)
    own_world.now.advance(**YEAR)
    await person.say("COMMENCER")
    await person.say("oui c'est moi")
    assert person.heard.startswith(person.words("home.choose")) or "1/4" in person.heard
    await person.say("mes données")
    assert "Tanger" in person.heard


async def test_stop_is_heard_all_the_same_and_telegram_is_nobody_elses(own_world: World) -> None:
    phone, app = await voted(own_world), await voted(own_world, "telegram")
    own_world.now.advance(**YEAR)
    await app.say("mes données")
    assert "Tanger" in app.heard
    await phone.say("STOP")
    assert phone.heard == phone.words("stopped")


async def test_who_is_reached_elsewhere_too_stays_there(own_world: World) -> None:
    phone, app = await arrived(own_world), await voted(own_world, "telegram")
    await app.share(phone.address)
    await phone.say("mauvais numéro")
    await phone.say("oui")
    assert await state_of(own_world, phone) == residents.ERASED
    assert await state_of(own_world, app) == residents.ACTIVE
    await app.say("mes données")
    assert "Tanger" in app.heard
    assert "SMS" not in app.heard


@pytest.mark.parametrize("channel", ["sms", "telegram"])
async def test_who_has_it_now_hears_that_a_vote_was_cast_from_it(quiet_world: World, channel: str) -> None:
    person = await voted(quiet_world, channel)
    await person.say("mauvais numéro")
    await person.say("oui")
    for text in ("START", "français", "oui", "Tanger"):
        await person.say(text)
    assert person.words("vote.spent") in person.heard
    await person.say("changer")
    assert "pont" not in person.heard
    assert "1/4" not in person.heard
    await quiet_world.open({**main_consultation(), "code": "second"})
    await person.say("vote")
    assert "1/4" in person.heard


@pytest.mark.parametrize(
    "text", ["je ne suis pas d'accord", "je ne suis pas sûr", "je ne suis pas malade", "ce n'est pas 2", "لست موافقا"]
)
async def test_who_is_not_something_is_not_offered_to_be_forgotten(world: World, text: str) -> None:
    person = await arrived(world)
    await person.say(text)
    assert person.words("wrong.ask") not in person.heard


async def test_in_their_own_words_no_name_is_a_wrong_number(world: World) -> None:
    person = await arrived(world, answers=3)
    await person.say("je ne suis pas Ahmed")
    assert person.words("done", receipt="x").partition("x")[0] in person.heard


ERASING = (
    "ms7 lia ma3lomati", "حذف كل شيء", "msa7 data dyali", "supprime tout", "efface moi", "effacez toutes mes infos svp",
    "بغيت نمسح كلشي ديالي", "tmse7 lia nmrti", "kkes kullu inu", "retirez mes données", "effacer mon compte",
    "ERASE", "effacer mes données", "supprimer", "delete my data", "kkes isefka inu",
    "محو", "امسح معلوماتي", "حذف", "بغيت نمسح معلوماتي",
)  # fmt: skip


@pytest.mark.parametrize("text", ERASING)
async def test_words_for_erasing_open_the_way_my_data_has(world: World, text: str) -> None:
    person = await arrived(world)
    await person.say(text)
    assert "Tanger" in person.heard
    assert person.choices[0].key == "mine:erase"


async def test_erased_by_such_a_word(world: World) -> None:
    person = await arrived(world)
    for each in ("ERASE", "1", "oui"):
        await person.say(each)
    assert person.heard.startswith(person.words("mine.erased"))
    assert await state_of(world, person) == residents.ERASED


JOINED = ("bonjour", "français", "oui", "Tanger")
BACK = {
    "consent": JOINED[:2],
    "province": JOINED[:3],
    "menu": (*JOINED, "menu"),
    "my data": (*JOINED, "mes données"),
    "sure": (*JOINED, "mes données", "1"),
    "letter": (*JOINED, "écrire"),
    "idea": (*JOINED, "idée"),
    "free text": (*JOINED, "1", "1", "1"),
    "language": (*JOINED, "langue"),
    "wrong": (*JOINED, "mauvais numéro"),
    "link": (*JOINED, "lier"),
    "follow": (*JOINED, "suivre"),
    "unfollow": (*JOINED, "suivre", "1", "ne plus suivre"),
}
AFTER = {"consent": "Votre langue", "province": "Votre langue", "free text": "3/4"}


@pytest.mark.parametrize("zero", ["0", "٠"])
@pytest.mark.parametrize("step", BACK)
async def test_zero_is_back_where_it_is_no_answer(world: World, step: str, zero: str) -> None:
    person = DirectPerson.new(world, "sms")
    for text in BACK[step]:
        await person.say(text)
    await person.say(zero)
    assert person.words("missed") not in person.heard
    assert AFTER.get(step, "1/4") in person.heard
