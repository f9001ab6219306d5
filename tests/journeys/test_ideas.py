"""An idea from its first word to its number, and the answer to "IDEA 17": every channel, every language."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from sqlalchemy import select

from api.proposals.ideas import intake, search
from api.proposals.models import Idea, IdeaAuthor
from api.region import places
from api.region.themes import theme
from tests.people import Person, joined
from tests.world import World

pytestmark = [
    pytest.mark.parametrize("channel", ["sms", "telegram"]),
    pytest.mark.parametrize("language", ["ar", "fr", "zgh"]),
]


class Words(NamedTuple):
    """What somebody types: the opening word, two parts of an idea about water, and one about no known theme."""

    idea: str
    parts: tuple[str, str]
    vague: str


SAID = {
    "ar": Words("فكرة", ("بئر جديدة للدوار", "والماء للمدرسة"), "شيء جميل للجميع"),
    "fr": Words("IDEE", ("un puits pour le douar", "et de l'eau pour tous"), "quelque chose de beau"),
    "zgh": Words("ⵜⴰⵡⵏⴳⵉⵎⵜ", ("ⴰⵎⴰⵏ ⵉ ⵓⴹⵡⵡⴰⵕ", "ⴷ ⵡⴰⵎⴰⵏ ⵉ ⵎⴽⵓⵍⵍⵓ"), "ⴽⵔⴰ ⵉⵖⵓⴷⴰⵏ"),
}


async def person_at_rest(world: World, channel: str, language: str) -> Person:
    """Somebody who has answered every question of the open consultation."""
    newcomer = await joined(world, channel, language)
    for place in (1, 1, 4):
        await newcomer.pick(place)
    await newcomer.say("une route pour mon village")
    return newcomer


@pytest.fixture
async def person(world: World, channel: str, language: str) -> Person:
    return await person_at_rest(world, channel, language)


async def newest(world: World) -> Idea:
    async with world.db.transaction() as session:
        return (await session.scalars(select(Idea).order_by(Idea.id.desc()).limit(1))).one()


async def send_idea(world: World, person: Person) -> Idea:
    """An idea of two messages, sent as suggested."""
    text = SAID[person.language]
    await person.say(text.idea)
    for part in text.parts:
        await person.say(part)
    await person.way("done")
    await person.pick(1)
    return await newest(world)


async def test_an_idea_of_two_messages_gets_its_number(world: World, person: Person, channel: str) -> None:
    text = SAID[person.language]
    await person.say(text.idea)
    assert person.heard.startswith(person.words("idea.write"))
    await person.say(text.parts[0])
    assert person.heard.startswith(person.words("idea.more", number=1))
    await person.say(text.parts[1])
    assert person.heard.startswith(person.words("idea.more", number=2))
    await person.way("done")
    shown = person.heard
    await person.pick(1)
    idea = await newest(world)
    assert person.heard.startswith(person.words("idea.kept", number=idea.id))
    assert idea.text == "\n".join(text.parts)
    assert (idea.theme, idea.province, idea.language) == ("water", places.provinces()[2].code, person.language)
    assert (idea.channel, idea.state, idea.public, idea.flags) == (channel, "received", None, [])
    assert text.parts[0][:5] in shown or person.channel == "sms"


async def test_what_became_of_it_is_answered_by_its_number(world: World, person: Person) -> None:
    idea = await send_idea(world, person)
    await person.say(f"{SAID[person.language].idea} {idea.id}")
    assert person.heard.startswith(person.words("idea.received", number=idea.id))
    digits = str(idea.id).translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    for text in (f"{SAID[person.language].idea} {digits}", f"IDEE n°{idea.id}", f"فكرة رقم {digits} ؟"):
        await person.say(text)
        assert person.heard.startswith(person.words("idea.received", number=idea.id)), text


async def test_the_menu_leads_to_it(world: World, person: Person) -> None:
    await person.way("menu")
    await person.pick(1)
    assert person.heard.startswith(person.words("idea.write"))


async def test_a_stranger_hears_of_published_ideas_only(world: World, person: Person, channel: str) -> None:
    other_idea = await send_idea(world, person)
    other = await person_at_rest(world, channel, person.language)
    for number in (other_idea.id, 99_999_999, "12345678901234567890"):
        await other.say(f"{SAID[person.language].idea} {number}")
        assert other.heard.startswith(other.words("idea.unknown"))
    async with world.db.transaction() as session:
        idea = await search.get(session, other_idea.id)
        idea.public, idea.state = "publié", "read"
    await other.say(f"{SAID[person.language].idea} {other_idea.id}")
    assert other.heard.startswith(other.words("idea.public", number=other_idea.id, title="publié"))
    assert other.words("idea.read", number=other_idea.id) in other.heard


async def test_theme_and_province_are_theirs_to_choose(world: World, person: Person) -> None:
    text = SAID[person.language]
    await person.say(text.idea)
    await person.say(text.vague)
    await person.way("done")
    assert person.heard.startswith(person.words("idea.theme"))
    await person.pick(4)
    await person.pick(3)
    assert person.heard.startswith(person.words("idea.province"))
    await person.pick(9)
    assert person.words("idea.region") in person.heard
    await person.pick(2)
    await person.pick(2)
    await person.pick(3)
    await person.pick(1)
    await person.pick(1)
    idea = await newest(world)
    assert (idea.theme, idea.province) == ("roads", places.provinces()[0].code)
    assert theme("health") is not None


async def test_they_may_turn_back(world: World, person: Person) -> None:
    before = await newest_number(world)
    text = SAID[person.language]
    await person.say(text.idea)
    await person.say(text.parts[0])
    await person.way("done")
    await person.way("back")
    assert person.heard.startswith(person.words("idea.more", number=1))
    await person.way("back")
    assert person.heard.startswith(person.words("idea.dropped"))
    assert await newest_number(world) == before


async def test_an_idea_is_kept_open_for_an_hour(world: World, person: Person) -> None:
    text = SAID[person.language]
    await person.say(text.idea)
    await person.say(text.parts[0])
    world.now.advance(minutes=59)
    await person.say(text.parts[1])
    assert person.heard.startswith(person.words("idea.more", number=2))
    world.now.advance(minutes=61)
    await person.say(text.vague)
    assert person.heard.startswith(person.words("idea.rested"))
    await person.pick(2)
    assert person.heard.startswith(person.words("idea.more", number=1))
    world.now.advance(minutes=61)
    await person.say(text.parts[1])
    await person.pick(1)
    assert person.heard.startswith(person.words("idea.more", number=2))
    await person.way("done")
    await person.pick(1)
    assert (await newest(world)).text == f"{text.vague}\n{text.parts[1]}"


async def test_three_a_day_and_no_more(world: World, person: Person) -> None:
    for _ in range(world.settings.ideas_per_day):
        await send_idea(world, person)
    await person.say(SAID[person.language].idea)
    assert person.heard.startswith(person.words("idea.limit", count=world.settings.ideas_per_day))
    world.now.advance(hours=24)
    await person.say(SAID[person.language].idea)
    assert person.heard.startswith(person.words("idea.write"))


async def test_a_long_idea_is_not_cut_in_silence(world: World, person: Person) -> None:
    await person.say(SAID[person.language].idea)
    await person.say("a" * 990)
    await person.say("b" * 20)
    assert person.heard.startswith(person.words("idea.long", count=intake.LONGEST))
    await person.way("done")
    await person.pick(1)
    await person.pick(1)
    assert (await newest(world)).text == "a" * 990


async def test_help_in_between_loses_nothing(world: World, person: Person) -> None:
    text = SAID[person.language]
    await person.say(text.idea)
    await person.say(text.parts[0])
    await person.say("help")
    assert person.words("help").split("\n")[0] in person.heard
    assert person.words("idea.more", number=1) in person.heard
    await person.say(text.parts[1])
    assert person.heard.startswith(person.words("idea.more", number=2))


async def test_another_word_for_the_end_is_heard(world: World, person: Person) -> None:
    text = SAID[person.language]
    await person.say(text.idea)
    await person.say({"ar": "ساليت", "fr": "fini", "zgh": "done"}[person.language])
    assert person.heard.startswith(person.words("idea.write"))  # there is nothing yet
    await person.say(text.parts[0])
    await person.say({"ar": "ساليت", "fr": "fini", "zgh": "done"}[person.language])
    await person.pick(1)
    assert (await newest(world)).text == text.parts[0]


async def test_an_open_consultation_goes_on_afterwards(own_world: World, channel: str, language: str) -> None:
    person = await joined(own_world, channel, language)
    await person.pick(1)
    assert "2/4" in person.heard
    idea = await send_idea(own_world, person)
    assert person.heard.startswith(person.words("idea.kept", number=idea.id))
    assert "2/4" in person.heard


async def newest_number(world: World) -> int:
    async with world.db.transaction() as session:
        return len((await session.scalars(select(IdeaAuthor.number))).all())
