"""A bare word or number after a pushed message refers to that message, never silently to an older question."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from sqlalchemy import select, update

from api.conversations.models import Conversation
from api.desk import answering
from api.desk.models import Letter
from api.dialogue.features.letters import offer
from api.outbox.models import Delivery
from api.outbox.states import DeliveryState
from api.residents import service as residents
from sawt.compose import catalogs
from tests.ballots import answers_of
from tests.consultations import question, vote, words
from tests.desk.test_letters import letters
from tests.direct import DirectPerson
from tests.journeys.test_stop_in_own_words import state_of
from tests.journeys.test_votes_counted_as_given import channels, codes, key_of, voter
from tests.meetings.planned import planned, registered
from tests.world import KEYRING, World

VOICE = catalogs().voice("fr")
ASKED = VOICE("pushed.ask")
LATER: Any = {"minutes": 5, "seconds": 30}
REPLIES = ("1", "١", "oui", "COMMENCER", "ابدأ")


async def send_queued(world: World) -> None:
    """Send everything queued now."""
    async with world.db.transaction() as session:
        waiting = update(Delivery).where(Delivery.state == DeliveryState.QUEUED)
        await session.execute(waiting.values(state=DeliveryState.SENT, settled_at=world.now()))


async def invited(world: World) -> None:
    """Invite everybody to a new vote of two questions."""
    two = {"code": "neuf", "title": words("neuf"), "questions": [question("single", options=3), question("yes_no")]}
    await world.open(two)
    await world.invite("neuf")
    await send_queued(world)


async def answer_letter(world: World, number: int) -> None:
    """The staff answer a letter."""
    catalogs_, now = world.kit.catalogs, world.now()
    async with world.db.transaction() as session:
        text = "Voulez-vous un rendez-vous ?"
        await answering.answer(session, number, text, who="amina", catalogs=catalogs_, keyring=KEYRING, now=now)
    await send_queued(world)


async def write_letter(person: DirectPerson) -> int:
    """They wrote to the staff; returns the number of their letter."""
    for text in ("écrire", "Quand ouvre le centre ?"):
        await person.say(text)
    return (await letters(person.world))[-1].id


async def only_ballot(person: DirectPerson) -> dict[int, list[str]]:
    """Their only ballot, if any."""
    return await answers_of(person.world, person.channel, person.address) if await codes(person) else {}


async def just_finished(world: World, channel: str) -> tuple[DirectPerson, int]:
    """Somebody who just finished a vote, to which choices may still be added; the number of a letter."""
    await world.open(vote("several", most=3))
    person = await voter(world, channel)
    number = await write_letter(person)
    for text in ("round", "2"):
        await person.say(text)
    if channel == "telegram":
        await person.say("valider")
    return person, number


@channels
@pytest.mark.parametrize("reply", REPLIES)
async def test_the_reply_to_an_invitation_is_no_further_choice_of_a_vote_that_ended(
    quiet_world: World, channel: str, reply: str
) -> None:
    person, _ = await just_finished(quiet_world, channel)
    before = await only_ballot(person)
    quiet_world.now.advance(**LATER)
    await invited(quiet_world)
    quiet_world.now.advance(seconds=20)
    await person.say(reply)
    assert "texte neuf" in person.heard
    assert await only_ballot(person) == before


@pytest.mark.parametrize("pushed", ["invitation", "answer"])
async def test_another_number_is_asked_about_before_it_adds_to_one(quiet_world: World, pushed: str) -> None:
    person, number = await just_finished(quiet_world, "sms")
    before = await only_ballot(person)
    quiet_world.now.advance(minutes=2)
    await (invited(quiet_world) if pushed == "invitation" else answer_letter(quiet_world, number))
    quiet_world.now.advance(minutes=2)
    await person.say("3")
    assert person.heard.startswith(ASKED)
    assert "texte several" in person.heard
    assert await only_ballot(person) == before
    await person.say("3")
    assert await only_ballot(person) == {1: ["2", "3"]}


OPEN: dict[str, tuple[str, ...]] = {
    "vote": (),
    "free text": ("1", "oui", "4"),
    "erase": ("mes données", "1"),
    "wrong number": ("mauvais numéro",),
    "meeting": ("réunion 1",),
    "idea": ("idée",),
    "idea half written": ("idée", "un bus pour le douar"),
    "menu": ("menu",),
    "follow": ("suivre",),
    "language": ("langue",),
    "letter": ("écrire",),
}


async def at_step(world: World, channel: str, before: str) -> tuple[DirectPerson, int]:
    """Somebody at this step, and the id of an upcoming meeting."""
    number, person = await planned(world), await voter(world, channel)
    for text in OPEN[before]:
        await person.say(text)
    return person, number


async def nothing_done(person: DirectPerson, meeting: int) -> None:
    """Nothing of what was asked before has happened."""
    world = person.world
    assert await state_of(world, person) == residents.ACTIVE
    assert await registered(world, meeting) == []
    assert await letters(world) == []


@channels
@pytest.mark.parametrize("reply", ["1", "oui", "COMMENCER"])
@pytest.mark.parametrize("before", OPEN)
async def test_whatever_was_asked_before_it_opens_what_it_invites_to(
    quiet_world: World, channel: str, before: str, reply: str
) -> None:
    person, meeting = await at_step(quiet_world, channel, before)
    ballot = await only_ballot(person)
    quiet_world.now.advance(**LATER)
    await invited(quiet_world)
    quiet_world.now.advance(seconds=20)
    await person.say(reply)
    assert "texte neuf" in person.heard
    assert "1/2" in person.heard
    assert await only_ballot(person) == ballot
    await nothing_done(person, meeting)
    await person.say("2")
    assert "2/2" in person.heard
    assert await codes(person) == {"neuf"} | ({"plan"} if ballot else set())


@channels
async def test_an_idea_half_written_is_kept_while_they_vote(quiet_world: World, channel: str) -> None:
    person, _ = await at_step(quiet_world, channel, "idea half written")
    quiet_world.now.advance(**LATER)
    await invited(quiet_world)
    for text in ("oui", "1", "oui", "idée", "valider"):
        await person.say(text)
    assert "un bus pour le douar" in person.heard or VOICE("idea.theme") in person.heard


@channels
@pytest.mark.parametrize("reply", ["1", "oui", "COMMENCER"])
async def test_a_letter_that_waits_to_be_sent_is_not_lost(quiet_world: World, channel: str, reply: str) -> None:
    person = await voter(quiet_world, channel)
    await person.say("Quand ouvre le centre de santé ?")
    quiet_world.now.advance(**LATER)
    await invited(quiet_world)
    await person.say(reply)
    assert person.heard.startswith(ASKED)
    assert "Quand ouvre le centre de santé ?" in person.heard
    assert await letters(quiet_world) == []
    await person.say("oui")
    assert len(await letters(quiet_world)) == 1


@channels
@pytest.mark.parametrize(
    ("before", "reply"),
    [
        *product(("vote", "erase", "wrong number"), ("1", "oui", "non", "2", "١", "oui merci")),
        *product(("meeting",), ("1", "oui")),
        *product(("menu",), ("1", "2", "١")),
    ],
)
async def test_after_an_answer_of_the_staff_it_is_asked_about(
    quiet_world: World, channel: str, before: str, reply: str
) -> None:
    meeting, person = await planned(quiet_world), await voter(quiet_world, channel)
    number = await write_letter(person)
    for text in ("1", *OPEN[before]):  # the second question takes yes or no
        await person.say(text)
    asked, ballot = person.heard, await only_ballot(person)
    quiet_world.now.advance(minutes=2)
    await answer_letter(quiet_world, number)
    quiet_world.now.advance(seconds=40)
    await person.say(reply)
    assert person.heard.startswith(ASKED)
    assert asked.splitlines()[-1] in person.heard
    assert await only_ballot(person) == ballot
    assert await registered(quiet_world, meeting) == []
    assert await state_of(quiet_world, person) == residents.ACTIVE


@channels
async def test_then_it_counts(quiet_world: World, channel: str) -> None:
    person = await voter(quiet_world, channel)
    number = await write_letter(person)
    await person.say("1")
    await answer_letter(quiet_world, number)
    for text in ("oui", "oui"):
        await person.say(text)
    assert (await only_ballot(person))[2] == ["yes"]
    assert "3/4" in person.heard


@channels
@pytest.mark.parametrize("text", ["texte option 2", "l'option : Texte option 2 svp"])
async def test_an_option_by_its_name_is_an_answer_all_the_same(quiet_world: World, channel: str, text: str) -> None:
    person = await voter(quiet_world, channel)
    number = await write_letter(person)
    await answer_letter(quiet_world, number)
    await person.say(text)
    assert "2/4" in person.heard


async def test_so_is_a_tap(quiet_world: World) -> None:
    person = await voter(quiet_world, "telegram")
    number = await write_letter(person)
    await answer_letter(quiet_world, number)
    await person.tap(key_of(person, 2))
    assert "2/4" in person.heard


async def test_so_is_what_was_sent_before_it(quiet_world: World) -> None:
    person = await voter(quiet_world, "telegram")
    number = await write_letter(person)
    quiet_world.now.advance(seconds=10)
    sent_at = quiet_world.now()
    quiet_world.now.advance(seconds=5)
    await answer_letter(quiet_world, number)
    await person.say("1", sent_at=sent_at)
    assert "2/4" in person.heard


@channels
async def test_what_may_have_crossed_with_an_invitation_is_asked_about(quiet_world: World, channel: str) -> None:
    person = await voter(quiet_world, channel)
    quiet_world.now.advance(seconds=20)
    await invited(quiet_world)
    await person.say("1")
    assert person.heard.startswith(ASKED)
    assert "1/4" in person.heard
    await person.say("1")
    assert "2/4" in person.heard
    assert await codes(person) == {"plan"}


@channels
@pytest.mark.parametrize("before", [("mes données", "1"), ("mauvais numéro",)])
async def test_a_yes_erases_nothing_long_after_it_was_asked(
    quiet_world: World, channel: str, before: tuple[str, ...]
) -> None:
    person = await voter(quiet_world, channel)
    for text in before:
        await person.say(text)
    quiet_world.now.advance(minutes=10)
    await person.say("oui")
    assert await state_of(quiet_world, person) == residents.ACTIVE
    assert await only_ballot(person) == {}


async def test_where_nobody_is_asked_a_draft_stays(quiet_world: World) -> None:
    """The notes of a conversation say nothing about what was pushed."""
    person = await voter(quiet_world, "sms")
    number = await write_letter(person)
    await answer_letter(quiet_world, number)
    await person.say("1")
    async with quiet_world.db.transaction() as session:
        (notes,) = await session.scalars(select(Conversation.notes))
        assert (await session.scalars(select(Letter.id))).all() == [number]
    assert offer.DRAFT not in notes
