"""My data: shown, erased after a second yes, on both channels and in three languages; what stays, and for how long."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select, text

from api.channel import Reply
from api.consultations.models import Ballot
from api.conversations.models import Conversation
from api.outbox.models import Delivery
from api.outbox.write import notifications
from api.residents import follows
from api.residents.models import Address, Consent, Follow, Resident
from api.workflows import residents
from tests.api.office import rows
from tests.ballots import answers_of, resident_of
from tests.consultations import main_consultation
from tests.linking.acts import address_of, says, shown_code, vote_to_the_end
from tests.people import FIRST, PEOPLE, Person, TelegramPerson, joined
from tests.world import KEYRING, World

WORDS = {"ar": "بياناتي", "fr": "MES DONNEES", "zgh": "isefka inu"}
channels = pytest.mark.parametrize("channel", PEOPLE)
languages = pytest.mark.parametrize("language", FIRST)


async def erase_confirmed(person: Person) -> None:
    """Confirm the erasing twice."""
    await person.say(WORDS[person.language])
    await person.pick(1)
    assert says(person, "mine.sure")
    await person.pick(1)
    assert says(person, "mine.erased")


async def forget(world: World) -> None:
    """What the service does by itself every half minute."""
    async with world.db.transaction() as session:
        await residents.forget(session, now=world.now())


@channels
@languages
async def test_it_shows_what_is_known(world: World, channel: str, language: str) -> None:
    person = await joined(world, channel, language)
    await vote_to_the_end(person, 2)
    resident = await resident_of(world, *address_of(person))
    assert resident is not None
    async with world.db.transaction() as session:
        await follows.follow(session, resident_id=resident.id, kind="theme", ref="water", now=world.now())
    await person.say(WORDS[language])
    province = {"ar": "تطوان", "fr": "Tétouan", "zgh": "Tétouan"}[language]
    day = f"{world.now():%d/%m/%Y}"
    names = {"sms": "SMS", "telegram": "Telegram"}
    for sentence in (
        person.words("mine.shown", province=province, channels=names[channel], since=day),
        person.words("mine.agreed", day=day),
        person.words("mine.follows", number=1),
    ):
        assert sentence in person.heard
    assert "plan" in person.heard
    await person.way("back")
    assert (await resident_of(world, *address_of(person))) is not None


@channels
@languages
async def test_erased_they_are_nobody_and_their_ballot_counts(own_world: World, channel: str, language: str) -> None:
    world, person = own_world, await joined(own_world, channel, language)
    await vote_to_the_end(person, 2)
    resident = await resident_of(world, *address_of(person))
    assert resident is not None
    await erase_confirmed(person)
    async with world.db.transaction() as session:
        erased_resident = await session.get_one(Resident, resident.id)
        assert (erased_resident.state, erased_resident.language, erased_resident.province, erased_resident.source) == (
            "erased",
            None,
            None,
            None,
        )
        assert set(await session.scalars(select(Address.sealed))) == {b""}
        assert set(await session.scalars(select(Address.prefix))) == {None}
        assert set(await session.scalars(select(Consent.wording))) == {"erased"}
        assert await session.scalar(select(func.count()).select_from(Follow)) == 0
        assert await session.scalar(select(func.count()).select_from(Ballot)) == 1
    await world.close("plan")
    await forget(world)
    assert await resident_of(world, *address_of(person)) is None
    everything = "".join((await rows(world)).values())
    assert address_of(person)[1].removeprefix("+212") not in everything
    async with world.db.transaction() as session:
        assert await session.scalar(select(func.count()).select_from(Conversation)) == 0
        assert await session.scalar(select(func.count()).select_from(Ballot)) == 1


@channels
async def test_a_no_erases_nothing_nor_does_a_yes_to_an_old_question(world: World, channel: str) -> None:
    person = await joined(world, channel, "fr")
    await person.say("MES DONNEES")
    await person.pick(1)
    await person.pick(2)
    assert person.words("mine.stays") in person.heard
    if channel == "telegram":
        old = next(
            each for each in person.user.messages if any("mine:yes" in d for row in each.buttons for _, d in row)
        )
        await person.user.tap_on(old.message_id, "mine:yes")
        await person.network.settled()
    resident = await resident_of(world, *address_of(person))
    assert resident is not None
    assert resident.state == "active"


@channels
async def test_erased_and_back_they_have_still_one_ballot(own_world: World, channel: str) -> None:
    world, person = own_world, await joined(own_world, channel, "fr")
    await vote_to_the_end(person, 1)
    await erase_confirmed(person)
    await forget(world)
    await person.say("bonjour")
    for choice in (FIRST["fr"], 1, 3):
        await person.pick(choice)
    async with world.db.transaction() as session:
        assert await session.scalar(select(func.count()).select_from(Ballot)) == 1
        assert await session.scalar(select(func.count()).select_from(Resident)) == 1
    await person.say("changer")
    await person.pick(3)
    assert (await answers_of(world, *address_of(person)))[1] == ["3"]
    async with world.db.transaction() as session:
        assert await session.scalar(select(func.count()).select_from(Ballot)) == 1


@channels
async def test_who_voted_in_nothing_leaves_no_hash(own_world: World, channel: str) -> None:
    world, person = own_world, await joined(own_world, channel, "fr")
    await erase_confirmed(person)
    await forget(world)
    assert await resident_of(world, *address_of(person)) is None
    await person.say("bonjour")
    assert person.words("language.ask").split()[0] in person.heard


@channels
async def test_who_stopped_can_see_and_erase_too(own_world: World, channel: str) -> None:
    world, person = own_world, await joined(own_world, channel, "fr")
    await person.say("STOP")
    await person.say("MES DONNEES")
    assert person.words("mine.refused", day=f"{world.now():%d/%m/%Y}") in person.heard
    await person.pick(1)
    await person.pick(1)
    assert person.words("mine.erased") in person.heard


async def test_the_hash_of_who_left_after_they_were_erased_is_forgotten_too(own_world: World) -> None:
    person = await joined(own_world, "telegram", "fr")
    await vote_to_the_end(person, 2)
    where = address_of(person)
    await erase_confirmed(person)
    await own_world.service.dialogue.left(channel=where[0], address=where[1])  # they block the bot, too
    async with own_world.db.transaction() as session:
        assert list(await session.scalars(select(Resident.state))) == ["erased"]
    await own_world.close("plan")
    await forget(own_world)
    assert await resident_of(own_world, *where) is None


async def test_what_waits_for_the_erased_is_never_sent(own_world: World) -> None:
    world, person = own_world, await joined(own_world, "sms", "fr")
    await world.open({**main_consultation(), "code": "second"})
    await world.invite("second")
    count = person.count
    await erase_confirmed(person)
    words = person.count
    await world.deliver()
    assert person.count == words > count
    async with world.db.transaction() as session:
        states = set(await session.scalars(select(Delivery.state).where(Delivery.campaign_id.is_not(None))))
    assert states == {"cancelled"}


async def test_erasing_one_of_two_that_are_one_erases_both(own_world: World) -> None:
    world, phone, app = own_world, await joined(own_world, "sms", "fr"), await joined(own_world, "telegram", "fr")
    await app.say("LIER")
    await phone.say(f"LIER {shown_code(app)}")
    await app.say("oui")
    await erase_confirmed(phone)
    await forget(world)
    for person in (phone, app):
        assert await resident_of(world, *address_of(person)) is None
    async with world.db.transaction() as session:
        assert (await session.scalars(text("SELECT sealed FROM merges"))).all() == [None]
        assert set(await session.scalars(select(Resident.province))) == {None}


async def erased_as_one(world: World) -> tuple[Person, Person]:
    """A phone and an app of one person, who voted and is erased."""
    phone, app = await joined(world, "sms", "fr"), await joined(world, "telegram", "fr")
    await app.say("LIER")
    await phone.say(f"LIER {shown_code(app)}")
    await app.say("oui")
    await vote_to_the_end(phone, 1)
    await erase_confirmed(phone)
    await forget(world)
    return phone, app


async def test_who_comes_back_by_both_addresses_is_reached_by_both(own_world: World) -> None:
    world, (phone, app) = own_world, await erased_as_one(own_world)
    await phone.say("bonjour")
    for choice in (FIRST["fr"], 1, 3):
        await phone.pick(choice)
    await app.say("bonjour")
    assert app.words("language.ask") not in app.heard  # they chose it on the other
    resident = await resident_of(world, *address_of(phone))
    assert resident is not None
    async with world.db.transaction() as session:
        assert await notifications.notify(
            session, resident.id, Reply("Bonne nouvelle"), keyring=KEYRING, now=world.now()
        )
        assert await session.scalar(select(func.count()).select_from(Ballot)) == 1
    await world.deliver()
    assert app.heard == "Bonne nouvelle"


async def test_the_address_by_which_nobody_came_back_is_forgotten_too(own_world: World) -> None:
    world, (phone, app) = own_world, await erased_as_one(own_world)
    await app.say("bonjour")
    await forget(world)
    assert await resident_of(world, *address_of(phone)) is not None  # nobody votes twice
    await world.close("plan")
    await forget(world)
    assert await resident_of(world, *address_of(phone)) is None
    for choice in (FIRST["fr"], 1, 3):
        await app.pick(choice)
    await app.say("MES DONNEES")
    assert "SMS" not in app.heard


async def test_a_number_that_was_erased_is_shared_again(own_world: World) -> None:
    world, phone, app = own_world, await joined(own_world, "sms", "fr"), await joined(own_world, "telegram", "fr")
    await vote_to_the_end(phone, 1)
    await erase_confirmed(phone)
    assert isinstance(app, TelegramPerson)
    await app.say("LIER")
    await app.user.share_contact(address_of(phone)[1])
    await world.network.settled()
    await forget(world)
    async with world.db.transaction() as session:
        addresses = (await session.execute(select(Address.channel, Address.state).order_by(Address.channel))).all()
        assert [tuple(each) for each in addresses] == [("sms", "active"), ("telegram", "active")]
