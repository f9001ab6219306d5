"""A phone and a Telegram account become one resident: by a code in either direction, by a shared contact."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from api.residents import service as residents
from api.residents.models import Address, LinkCode, Merge, Resident
from api.text.tifinagh import to_latin
from tests.ballots import KEYRING, ballots_of, resident_of
from tests.linking.acts import CODE, address_of, are_linked, says, shown_code, vote_to_the_end
from tests.people import FIRST, PEOPLE, SmsPerson, TelegramPerson, joined
from tests.world import World

WORDS = {"ar": "ربط", "fr": "LIER", "zgh": "zdi"}


async def both(world: World, language: str = "fr") -> tuple[SmsPerson, TelegramPerson]:
    phone, app = await joined(world, "sms", language), await joined(world, "telegram", language)
    assert isinstance(phone, SmsPerson)
    assert isinstance(app, TelegramPerson)
    return phone, app


@pytest.mark.parametrize("language", FIRST)
@pytest.mark.parametrize("shown_on", PEOPLE)
@pytest.mark.parametrize("written", ["{code}", "{word} {code}", "code : {code}"])
async def test_a_code_of_one_sent_from_the_other_makes_them_one(
    world: World, language: str, shown_on: str, written: str
) -> None:
    phone, app = await both(world, language)
    shows, sends = (phone, app) if shown_on == "sms" else (app, phone)
    await shows.say(WORDS[language])
    code = shown_code(shows)
    await sends.say(written.format(code=code, word=WORDS[language]))
    assert says(sends, "link.wait")
    assert not await are_linked(world, phone, app)
    await shows.say(shows.words("word.yes"))
    assert says(shows, "link.done")
    await world.deliver()
    assert says(sends, "link.done")
    one, other = await resident_of(world, *address_of(phone)), await resident_of(world, *address_of(app))
    assert one is not None
    assert other is not None
    assert one.id == other.id
    assert one.state == "active"


async def test_a_code_that_is_being_copied_stays_whatever_else_is_written(world: World) -> None:
    phone, app = await both(world)
    await app.say("LIER")
    code = shown_code(app)
    await phone.say("LIER")
    await phone.say("pardon")
    assert CODE.search(phone.heard) is None, phone.heard  # no new code in place of the one on their screen
    await phone.say("000000")
    assert says(phone, "link.unknown")
    await app.say("je cherche mon autre appareil")
    await phone.say(f"le code est {code}")
    assert says(phone, "link.wait")


async def test_a_phone_that_has_said_nothing_yet_joins_by_the_code_alone(world: World) -> None:
    app, phone = await joined(world, "telegram", "fr"), SmsPerson(world, "fr")
    await app.say("LIER")
    await phone.say(f"LIER {shown_code(app)}")
    await app.say("oui")
    assert says(app, "link.done")
    assert await are_linked(world, phone, app)
    resident = await resident_of(world, *address_of(phone))
    assert resident is not None
    assert (resident.state, resident.language) == ("active", "fr")
    await phone.say("menu")
    assert phone.heard.startswith(phone.words("menu.ask"))


async def test_the_code_is_single_use_and_lives_a_quarter_of_an_hour(own_world: World) -> None:
    phone, app = await both(own_world)
    await app.say("LIER")
    code = shown_code(app)
    own_world.now.advance(minutes=15)
    await phone.say(f"LIER {code}")
    assert phone.words("link.unknown") in phone.heard
    assert not await are_linked(own_world, phone, app)
    await app.say("LIER")
    code = shown_code(app)
    await phone.say(f"LIER {code}")
    assert says(phone, "link.wait")
    stranger = await joined(own_world, "sms", "fr")
    await stranger.say(f"LIER {code}")
    assert stranger.words("link.unknown") in stranger.heard


async def test_a_code_is_kept_only_as_a_hash(own_world: World) -> None:
    app = await joined(own_world, "telegram", "fr")
    await app.say("LIER")
    code = shown_code(app)
    async with own_world.db.transaction() as session:
        kept = await session.scalar(select(LinkCode))
        assert kept is not None
        assert code.encode() not in kept.blind
        assert len(kept.blind) == 16


async def test_few_codes_can_be_tried_in_an_hour(own_world: World) -> None:
    phone, app = await both(own_world)
    await app.say("LIER")
    code = shown_code(app)
    wrong = f"{(int(code) + 1) % 10**6:06}"
    for _ in range(5):
        await phone.say(f"LIER {wrong}")
        assert phone.words("link.unknown") in phone.heard
    await phone.say(f"LIER {code}")
    assert phone.words("link.tries") in phone.heard
    assert not await are_linked(own_world, phone, app)
    own_world.now.advance(minutes=60)
    await app.say("LIER")
    await phone.say(f"LIER {shown_code(app)}")
    await app.say("oui")
    assert await are_linked(own_world, phone, app)


async def test_a_number_of_six_digits_that_is_no_code_is_an_answer_like_any_other(world: World) -> None:
    phone = await joined(world, "sms", "fr")
    await phone.say("482913")
    assert phone.heard.startswith(phone.words("missed"))


async def test_their_own_code_links_nobody(world: World) -> None:
    app = await joined(world, "telegram", "fr")
    await app.say("LIER")
    await app.say(shown_code(app))
    async with world.db.transaction() as session:
        resident = await resident_of(world, *address_of(app))
        assert resident is not None
        assert list(await session.scalars(select(Merge).where(Merge.kept_id == resident.id))) == []


@pytest.mark.parametrize("language", FIRST)
async def test_sharing_ones_own_contact_links_the_number(world: World, language: str) -> None:
    phone, app = await both(world, language)
    await app.say(WORDS[language])
    keys = app.user.keyboard
    assert [key for row in keys for key in row if key.get("request_contact")] == [
        {"text": app.words("link.share"), "request_contact": True}
    ]
    await app.user.share_contact(phone.phone.number.lstrip("+"))
    await app.network.settled()
    assert says(app, "link.done")
    assert await are_linked(world, phone, app)


async def test_a_contact_nobody_has_written_from_is_known_when_it_writes(world: World) -> None:
    app, phone = await joined(world, "telegram", "fr"), SmsPerson(world, "fr")
    await app.user.share_contact(phone.phone.number)
    await app.network.settled()
    assert says(app, "link.done")
    await phone.say("bonjour")
    assert await are_linked(world, phone, app)
    assert phone.words("language.ask") not in phone.heard


async def test_who_links_is_spoken_to_as_on_the_screen_in_their_hand(world: World) -> None:
    phone, app = await joined(world, "sms", "ar"), await joined(world, "telegram", "zgh")
    assert isinstance(phone, SmsPerson)
    assert isinstance(app, TelegramPerson)
    await app.user.share_contact(phone.phone.number)
    await app.network.settled()
    assert says(app, "link.done")
    resident = await resident_of(world, *address_of(phone))
    assert resident is not None
    assert resident.language == "zgh"


async def test_a_friends_contact_links_nobody(world: World) -> None:
    phone, app = await both(world)
    friend = {"phone_number": phone.phone.number, "first_name": "Ami", "user_id": app.user.profile.id + 1}
    await app.user._say(app.user._new("", [], friend), wait=True)
    await app.network.settled()
    assert not await are_linked(world, phone, app)
    assert not says(app, "link.done")


async def test_a_forged_tap_in_place_of_a_contact_links_nobody(world: World) -> None:
    app = await joined(world, "telegram", "fr")
    await app.user.tap_on(app.user.last.message_id, "link:contact")
    await app.network.settled()
    assert CODE.search(app.heard)


@pytest.mark.parametrize("stopped", PEOPLE)
async def test_who_stopped_on_one_has_stopped_as_one(world: World, stopped: str) -> None:
    phone, app = await both(world)
    stops, shows = (phone, app) if stopped == "sms" else (app, phone)
    await shows.say("LIER")
    code = shown_code(shows)
    await stops.say("STOP")
    await stops.say(f"LIER {code}")
    await shows.say("oui")
    assert await are_linked(world, phone, app)
    resident = await resident_of(world, *address_of(shows))
    assert resident is not None
    assert resident.state == "stopped"


async def test_back_from_the_code_goes_on_where_they_were(world: World) -> None:
    phone = await joined(world, "sms", "fr")
    await phone.pick(1)
    await phone.say("LIER")
    await phone.way("back")
    assert "2/4" in phone.heard


async def test_what_is_logged_of_a_merge_holds_no_choice(own_world: World) -> None:
    phone, app = await both(own_world)
    await vote_to_the_end(phone, 1)
    await app.say("LIER")
    await phone.say(f"LIER {shown_code(app)}")
    await app.say("oui")
    async with own_world.db.transaction() as session:
        merge = (await session.scalars(select(Merge))).one()
        gone = await session.get_one(Resident, merge.gone_id)
        addresses = list(await session.scalars(select(Address.resident_id)))
    assert (merge.how, merge.channel, gone.state) == ("code", "telegram", "merged")  # where they agreed to it
    assert set(addresses) == {merge.kept_id}
    assert len(await ballots_of(own_world, *address_of(app))) == 1
    assert set(Merge.__table__.c.keys()) == {
        "id", "kept_id", "gone_id", "how", "channel", "merged_at", "sealed", "undone_at", "undone_by",
    }  # fmt: skip
    assert not re.search(rb"[2-9A-Z]{8}", merge.sealed or b"")


async def test_a_number_that_was_only_written_to_is_linked_too(world: World) -> None:
    app, phone = await joined(world, "telegram", "fr"), SmsPerson(world, "fr")
    async with world.db.transaction() as session:  # as staff do when they test a road
        await residents.get_or_create(
            session, keyring=KEYRING, channel="sms", road="twilio", address=phone.phone.number, now=world.now()
        )
    await app.user.share_contact(phone.phone.number)
    await app.network.settled()
    assert says(app, "link.done")
    await phone.say("bonjour")
    assert await are_linked(world, phone, app)
    assert phone.words("language.ask") not in phone.heard


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("how", ["contact", "code"])
async def test_a_phone_that_is_linked_gets_no_tifinagh(world: World, known: bool, how: str) -> None:
    app = await joined(world, "telegram", "zgh")
    phone = await joined(world, "sms", "ar") if known else SmsPerson(world, "zgh")
    assert isinstance(phone, SmsPerson)
    assert isinstance(app, TelegramPerson)
    if how == "contact":
        await app.user.share_contact(phone.phone.number)
        await app.network.settled()
    else:
        await phone.say(WORDS["ar"])
        code = shown_code(phone) if known else ""
        await app.say(WORDS["zgh"])
        await (app.say(code) if known else phone.say(shown_code(app)))
        shows = phone if known else app
        await shows.say(shows.words("word.yes"))
    assert await are_linked(world, phone, app)
    await phone.say("menu")
    await world.deliver()
    for message in phone.phone.inbox[-2:]:
        assert to_latin(message.text) == message.text
