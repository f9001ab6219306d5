"""Asking for a person leads to writing to the staff, at every step; "I do not want" is asked about."""

from __future__ import annotations

import pytest

from api.residents import service as residents
from tests.desk.test_letters import desk, letters
from tests.direct import DirectPerson
from tests.journeys.test_stop_in_own_words import STEPS, state_of
from tests.world import World

channels = pytest.mark.parametrize("channel", ["sms", "telegram"])
WANTING = (
    "bghit nhder m3a chi wahed",
    "بغيت نهضر مع شي واحد",
    "je veux parler à quelqu'un",
    "quiero hablar con alguien",
)
ASKING = ("language", "consent", "province", "choice", "free text", "menu")


async def at(world: World, channel: str, step: str) -> DirectPerson:
    """Return a French speaker at this step."""
    person = DirectPerson.new(world, channel)
    for text in STEPS[step]:
        await person.say(text)
    return person


@channels
@pytest.mark.parametrize("step", ASKING)
async def test_they_write_to_the_staff_at_every_step(quiet_world: World, channel: str, step: str) -> None:
    for text in WANTING:
        person = await at(quiet_world, channel, step)
        await person.say(text)
        assert {choice.key for choice in person.choices} == {"desk:back"}, text
    await person.say("il n'y a plus d'eau au douar")
    (letter,) = await letters(quiet_world)
    shown = await desk(quiet_world, f"/{letter.id}")
    assert [line["text"] for line in shown["lines"]] == ["il n'y a plus d'eau au douar"]


@channels
async def test_within_a_letter_it_is_the_letter(quiet_world: World, channel: str) -> None:
    person = await at(quiet_world, channel, "letter")
    await person.say(WANTING[2])
    assert person.heard.startswith(person.words("desk.sent", number=1))
    assert len(await letters(quiet_world)) == 1


@channels
@pytest.mark.parametrize("text", ["ما بغيتش", "mabghitch", "je ne veux pas", "no quiero"])
async def test_i_do_not_want_means_no_or_explains_stop(quiet_world: World, channel: str, text: str) -> None:
    person = await at(quiet_world, channel, "consent")
    await person.say(text)
    assert await state_of(quiet_world, person) == residents.DECLINED
    person = await at(quiet_world, channel, "choice")
    await person.say(text)
    assert person.heard.startswith(person.words("hint.stop"))
    assert await state_of(quiet_world, person) == residents.ACTIVE
    await person.say("STOP")
    assert await state_of(quiet_world, person) == residents.STOPPED
