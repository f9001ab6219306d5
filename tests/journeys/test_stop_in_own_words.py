"""STOP at every step, in people's own words; an answer that may also be a stop is kept and asked about, once."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from api.residents import service as residents
from api.residents.models import Address, Resident
from api.security.crypto import Keyring
from tests.direct import DirectPerson
from tests.world import KEYRING, World

LETTER = "arrêtez les messages de propagande"  # a valid answer, and probably a stop


async def state_of(world: World, person: DirectPerson, keyring: Keyring = KEYRING) -> str:
    """The state of the resident with this person's address."""
    blind = keyring.blind_index(person.channel, person.address)
    async with world.db.transaction() as session:
        state = select(Resident.state).join(Address, Address.resident_id == Resident.id)
        return str(await session.scalar(state.where(Address.blind_index == blind)))


async def arrived(world: World, channel: str = "sms", *, answers: int = 0) -> DirectPerson:
    """A French speaker who joined, and answered this many of the four questions."""
    person = DirectPerson.new(world, channel)
    for text in ("bonjour", "français", "oui", "Tanger", *("1", "1", "1")[:answers]):
        await person.say(text)
    return person


STEPS = {
    "language": ("hello",),
    "consent": ("bonjour", "français"),
    "province": ("bonjour", "français", "oui"),
    "choice": ("bonjour", "français", "oui", "Tanger"),
    "free text": ("bonjour", "français", "oui", "Tanger", "1", "1", "1"),
    "idea": ("bonjour", "français", "oui", "Tanger", "idée", "un pont"),
    "letter": ("bonjour", "français", "oui", "Tanger", "écrire"),
    "menu": ("bonjour", "français", "oui", "Tanger", "menu"),
    "my data": ("bonjour", "français", "oui", "Tanger", "mes données"),
    "an offer": ("bonjour", "français", "oui", "Tanger", "c'est quand la fin du vote ?"),
}


@pytest.mark.parametrize("channel", ["sms", "telegram"])
@pytest.mark.parametrize("step", STEPS)
async def test_a_sure_stop_is_done_at_every_step(world: World, channel: str, step: str) -> None:
    person = DirectPerson.new(world, channel)
    for text in STEPS[step]:
        await person.say(text)
    await person.say("ne m'envoyez plus rien svp")
    assert person.heard == person.words("stopped")
    assert await state_of(world, person) == residents.STOPPED


@pytest.mark.parametrize("channel", ["sms", "telegram"])
async def test_a_likely_stop_in_a_free_text_is_kept_and_asked_once(world: World, channel: str) -> None:
    before = await world.results()
    person = await arrived(world, channel, answers=3)
    await person.say(LETTER)
    assert person.words("stop.ask") in person.heard
    after = await world.results()
    assert after.questions[3].values_given - before.questions[3].values_given == 1  # the answer is kept
    await person.say("oui")
    assert person.heard == person.words("stopped")
    assert await state_of(world, person) == residents.STOPPED


async def test_it_was_only_an_answer(world: World) -> None:
    person = await arrived(world, answers=3)
    await person.say(LETTER)
    await person.say("non")
    assert person.heard.startswith(person.words("stop.stays"))
    await person.say("oui")  # asked only once
    assert await state_of(world, person) == residents.ACTIVE


async def test_anything_else_goes_on_where_they_were(world: World) -> None:
    person = await arrived(world, answers=1)
    await person.say("idée")
    await person.say("وقف")
    assert person.words("stop.ask") in person.heard
    await person.say("non")
    assert person.words("idea.more", number=1) in person.heard
    await person.say("baraka")
    await person.say("un pont au douar")  # not an answer to it, and the idea's step is not lost
    assert person.words("idea.more", number=2) in person.heard


async def test_a_letter_that_may_be_a_stop_is_sent_and_asked_about(world: World) -> None:
    person = await arrived(world, answers=1)
    await person.say("écrire")
    await person.say(LETTER)
    assert person.words("stop.ask") in person.heard
    await person.say("non")
    assert "2/4" in person.heard  # the vote goes on


async def test_where_a_choice_is_asked_a_likely_stop_is_told_how(world: World) -> None:
    person = await arrived(world)
    await person.say("vous ne m'envoyez plus rien")
    assert person.heard.startswith(person.words("hint.stop"))
    assert await state_of(world, person) == residents.ACTIVE


@pytest.mark.parametrize("text", ["START", "start"])
async def test_what_we_tell_people_to_send_brings_them_back(world: World, text: str) -> None:
    person = await arrived(world)
    await person.say("قف")
    await person.say(text)
    assert person.heard.startswith(person.words("consent.ask"))
