"""Letters to the staff: by a word, by the menu, by a yes to an offer; answered on the same channel; enciphered."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from api.conversations.models import Conversation
from api.desk import service
from api.desk.models import Letter, LetterLine
from api.dialogue.features import FEATURES
from api.dialogue.features.letters.flow import DESK
from api.outbox.models import Delivery
from api.residents.models import Address, Resident
from api.security.crypto import Keyring
from tests.api.office import call
from tests.campaigns.crowd import resident
from tests.direct import DirectPerson
from tests.meetings.test_journeys import texts
from tests.people import Person, joined
from tests.world import KEYRING, World

WORD = {"ar": "مراسلة", "fr": "écrire", "zgh": "ⴰⵔⵓ"}
QUESTION = "wesh kayn shi tobis l douar dyalna"


async def desk(
    world: World, path: str = "", body: dict[str, Any] | None = None, *, who: str = "amina", status: int = 200
) -> Any:
    method = "GET" if body is None else "POST"
    answer = await call(world, method, f"/v1/desk{path}", who=who, json=body)
    assert answer.status_code == status, answer.text
    result = answer.json()
    return result.get("items", result)  # lists are short here: one page


async def letters(world: World) -> list[Letter]:
    async with world.db.transaction() as session:
        return list(await session.scalars(select(Letter).order_by(Letter.id)))


async def arrived(world: World, channel: str = "sms") -> DirectPerson:
    """Return a French speaker who has joined."""
    person = DirectPerson.new(world, channel)
    for text in ("bonjour", "français", "oui", "Tanger"):
        await person.say(text)
    return person


async def at_home(world: World, channel: str, language: str) -> Person:
    await world.close("plan")
    return await joined(world, channel, language)


async def test_changing_a_vote_is_not_part_of_the_offered_letter(own_world: World) -> None:
    person = await at_home(own_world, "sms", "fr")
    await person.say(QUESTION)
    await person.say("changer")
    assert person.heard.startswith(person.words("change.nothing"))
    await person.say("oui")
    assert await letters(own_world) == []


@pytest.mark.parametrize("channel", ["sms", "telegram"])
@pytest.mark.parametrize("language", ["ar", "fr", "zgh"])
async def test_a_letter_by_a_word_is_answered_where_it_came_from(own_world: World, channel: str, language: str) -> None:
    person = await at_home(own_world, channel, language)
    await person.say(WORD[language])
    assert person.heard.startswith(person.words("desk.ask", count=1000))
    await person.say(QUESTION)
    letter = (await desk(own_world, "?state=open&province=01.571"))[0]
    assert texts(person)[-1].startswith(person.words("desk.sent", number=letter["number"]))
    assert (letter["text"], letter["state"], letter["language"]) == (QUESTION, "open", language)
    reply = {"text": "نعم / oui / ⵢⴰⵀ"}
    answered = await desk(own_world, f"/{letter['number']}/answer", reply)
    assert (answered["state"], answered["answer"], answered["who"]) == ("answered", reply["text"], "amina")
    await own_world.deliver()
    assert person.words("desk.answer", number=letter["number"], text=reply["text"]) in texts(person)[-1]
    await desk(own_world, f"/{letter['number']}/answer", reply, status=409)
    assert (await desk(own_world, f"/{letter['number']}/close", {}, who="idir"))["state"] == "closed"
    assert await desk(own_world, "?state=open") == []


@pytest.mark.parametrize("channel", ["sms", "telegram"])
@pytest.mark.parametrize("language", ["ar", "fr", "zgh"])
async def test_a_text_not_understood_at_home_is_offered_as_a_letter(
    own_world: World, channel: str, language: str
) -> None:
    person = await at_home(own_world, channel, language)
    await person.say(QUESTION)
    assert texts(person)[-1].startswith(person.words("desk.offer", text=QUESTION))
    await person.pick(2)
    assert texts(person)[-1].startswith(person.words("desk.dropped"))
    assert await letters(own_world) == []
    await person.say(QUESTION)
    await person.pick(1)
    assert [each["text"] for each in await desk(own_world)] == [QUESTION]


async def test_exactly_the_shown_text_is_sent_and_nothing_before_it(own_world: World) -> None:
    person = await at_home(own_world, "sms", "fr")
    for text in ("vous êtes tous des voleurs", "merci", "Quand ouvre le centre de santé ?"):
        await person.say(text)
    assert texts(person)[-1].startswith(person.words("desk.offer", text="Quand ouvre le centre de santé ?"))
    await person.say("oui")
    assert [each["text"] for each in await desk(own_world)] == ["Quand ouvre le centre de santé ?"]


async def test_a_long_text_is_shown_by_its_beginning(own_world: World) -> None:
    person = await at_home(own_world, "sms", "fr")
    long = " ".join(f"mot{number}" for number in range(60))
    await person.say(long)
    shown = person.heard.split('"')[1].removesuffix("...")
    assert long.startswith(shown)
    assert str(len(long)) in person.heard
    await person.say("1")
    assert [each["text"] for each in await desk(own_world)] == [long]


async def test_an_offer_expires_after_ten_minutes(own_world: World) -> None:
    person = await at_home(own_world, "sms", "fr")
    await person.say(QUESTION)
    own_world.now.advance(minutes=10)
    await person.say("oui")
    assert await letters(own_world) == []
    await person.say("merci beaucoup !")
    assert texts(person)[-1] == person.words("polite")


async def test_a_tap_on_an_older_offer_sends_nothing(own_world: World) -> None:
    await own_world.close("plan")
    person = await arrived(own_world, "telegram")
    await person.say(QUESTION)
    old = person.choices[0].key
    await person.say("et le bus de nuit, il passe quand")
    await person.tap(old)
    assert person.heard.startswith(person.words("desk.past"))
    assert await letters(own_world) == []
    await person.tap(person.choices[0].key)
    assert [each["text"] for each in await desk(own_world)] == ["et le bus de nuit, il passe quand"]


@pytest.mark.parametrize("before", [("menu",), ("mes données",), ("langue",), ("aide",)])
async def test_a_question_is_offered_at_every_choice(world: World, before: tuple[str, ...]) -> None:
    person = await arrived(world)
    for text in before:
        await person.say(text)
    await person.say("Quand ouvre le centre de santé ?")
    assert person.heard == person.words("desk.offer", text="Quand ouvre le centre de santé ?")


async def test_a_question_during_a_vote_is_offered_and_the_vote_goes_on(own_world: World) -> None:
    person = await arrived(own_world)
    await person.say("Quand ouvre le centre de santé ?")
    assert person.heard == person.words("desk.offer", text="Quand ouvre le centre de santé ?")
    await person.say("non")
    assert person.heard.startswith(person.words("desk.dropped"))
    assert "1/4" in person.heard
    await person.say("1")
    assert "2/4" in person.heard


async def test_one_or_two_words_are_not_offered(own_world: World) -> None:
    person = await at_home(own_world, "sms", "fr")
    await person.say("xyzzy plugh")
    assert "xyzzy" not in texts(person)[-1]


async def test_a_robot_at_home_is_ignored_in_the_end(own_world: World) -> None:
    person = await at_home(own_world, "sms", "fr")
    before = len(texts(person))
    for _ in range(10):
        await person.say(QUESTION)
    assert len(texts(person)) == before + 2


async def test_texts_are_stored_enciphered(own_world: World) -> None:
    person = await at_home(own_world, "sms", "fr")
    await person.say(QUESTION)
    async with own_world.db.transaction() as session:
        (notes,) = await session.scalars(select(Conversation.notes))
    assert notes["draft"]
    assert "tobis" not in str(notes)
    await person.say("1")
    number = (await desk(own_world))[0]["number"]
    await desk(own_world, f"/{number}/answer", {"text": "le bus passe"})
    async with own_world.db.transaction() as session:
        lines = list(await session.scalars(select(LetterLine.sealed)))
        assert not [each for each in lines if b"tobis" in each or b"bus" in each]
        assert len(lines) == 2
        sealed = [each for each in await session.scalars(select(Delivery.sealed)) if each]
        (left,) = await session.scalars(select(Conversation.notes))
    assert not [each for each in sealed if b"bus" in each]
    assert left == {}


async def test_an_author_who_left_cannot_be_answered(own_world: World) -> None:
    person = await at_home(own_world, "sms", "fr")
    for text in (QUESTION, "1", "STOP"):
        await person.say(text)
    number = (await desk(own_world))[0]["number"]
    await desk(own_world, f"/{number}/answer", {"text": "oui"}, status=409)
    assert (await desk(own_world, f"/{number}"))["state"] == "open"
    await desk(own_world, "/999", status=404)


async def test_the_answer_goes_where_the_letter_came_from(quiet_world: World) -> None:
    who = await resident(quiet_world, channels=("sms", "telegram"))
    async with quiet_world.db.transaction() as session:
        by_sms = (await session.scalars(select(Address).where(Address.channel == "sms"))).one()
        author = await session.get_one(Resident, who)
        await service.write(session, author, QUESTION, address_id=by_sms.id, keyring=KEYRING, now=quiet_world.now())
    number = (await desk(quiet_world))[0]["number"]
    await desk(quiet_world, f"/{number}/answer", {"text": "oui"})
    async with quiet_world.db.transaction() as session:
        sent = (await session.scalars(select(Delivery))).one()
    assert sent.address_id == by_sms.id


@pytest.mark.parametrize("channel", ["sms", "telegram"])
@pytest.mark.parametrize("language", ["ar", "fr", "zgh"])
async def test_the_menu_leads_to_the_desk(own_world: World, channel: str, language: str) -> None:
    person = await at_home(own_world, channel, language)
    await person.say(person.words("word.menu"))
    assert person.heard.startswith(person.words("menu.ask"))
    titled = [feature for feature in FEATURES if feature.title is not None]
    await person.pick(titled.index(DESK) + 1)
    assert person.heard.startswith(person.words("desk.ask", count=1000))
    await person.way("back")
    assert person.words("desk.ask", count=1000) not in person.heard
    assert await letters(own_world) == []


async def test_a_letter_without_its_key_hides_no_other(own_world: World) -> None:
    person = await at_home(own_world, "sms", "fr")
    for text in (QUESTION, "et le bus de nuit, il passe quand"):
        await person.say(text)
        await person.pick(1)
    lost = Keyring.parse(Keyring.generate())
    async with own_world.db.transaction() as session:
        (await session.get_one(LetterLine, 1)).sealed = service.seal(lost, QUESTION)
    first, second = await desk(own_world)
    assert (first["text"], second["text"]) == ("", "et le bus de nuit, il passe quand")
    await desk(own_world, f"/{first['number']}/close", {})
