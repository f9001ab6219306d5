"""Residents ask about commitments and follow them: on both channels, in every language, at every step."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from api.commitments import service
from api.region.themes import theme
from api.residents.models import Follow
from api.text.formats import short_day
from sms.text import plain_sms
from tests.commitments.plans import CODE, LATE_BY, add_plan
from tests.consultations import words
from tests.people import Person, SmsPerson, TelegramPerson, joined
from tests.world import World

pytestmark = [
    pytest.mark.parametrize("channel", ["sms", "telegram"]),
    pytest.mark.parametrize("language", ["ar", "fr", "zgh"]),
]
STATUS = {"ar": "تتبع", "fr": "STATUT", "zgh": "addad"}
THREE = {"ar": "٣", "fr": "3", "zgh": "3"}


@pytest.fixture
async def person(world: World, channel: str, language: str) -> Person:
    """Somebody between two consultations, in a world with a plan."""
    await add_plan(world)
    person = await joined(world, channel, language)
    for _ in range(4):
        await person.way("skip")
    return person


async def follows(world: World) -> list[tuple[str, str]]:
    """What was followed, newest first."""
    async with world.db.transaction() as session:
        rows = await session.execute(select(Follow.kind, Follow.ref).order_by(Follow.since.desc()))
        return [(kind, ref) for kind, ref in rows]


def as_read(person: Person, texts: dict[str, str]) -> str:
    """A text as this person reads it."""
    text = texts[person.language]
    voice = person._voice  # type: ignore[attr-defined]
    return plain_sms(voice.write(text)) if person.channel == "sms" else str(voice.write(text))


async def test_the_list_leads_to_one(person: Person) -> None:
    await person.say(STATUS[person.language])
    assert person.words("status.list", late=1) in person.heard
    await person.pick(3)
    assert person.words("state.late") in person.heard


async def test_one_says_state_next_milestone_day_and_days_late(world: World, person: Person) -> None:
    await person.say(f"{STATUS[person.language]} {THREE[person.language]}")
    day = short_day(service.today(world.now()) - timedelta(days=LATE_BY))
    title, label = as_read(person, words("step 2")), as_read(person, words("label 3"))
    state = person.words("state.late")
    assert person.words("status.one", number=3, label=label, state=state) in person.heard
    assert person.words("status.late", title=title, day=day, count=LATE_BY) in person.heard


@pytest.mark.parametrize(("number", "state"), [(1, "on_track"), (2, "planned"), (4, "done"), (5, "blocked")])
async def test_every_state_is_said(person: Person, number: int, state: str) -> None:
    await person.say(f"{STATUS[person.language]} {number}")
    label = as_read(person, words(f"label {number}"))
    text = {"on_track": "state.on_track", "planned": "state.planned", "done": "state.done", "blocked": "state.blocked"}
    assert person.words("status.one", number=number, label=label, state=person.words(text[state])) in person.heard


async def test_an_unknown_number_shows_the_list(person: Person) -> None:
    await person.say(f"{STATUS[person.language]} 77")
    assert person.words("status.unknown") in person.heard
    await person.pick(4)
    assert person.words("state.done") in person.heard


async def test_asked_in_the_middle_of_a_question_the_question_comes_again(
    world: World, channel: str, language: str
) -> None:
    await add_plan(world)
    person = await joined(world, channel, language)
    await person.pick(1)
    await person.say(f"{STATUS[language]} 3")
    assert person.words("state.late") in person.heard
    assert "2/4" in person.heard
    await person.pick(1)
    assert "3/4" in person.heard
    await person.say(f"{person.words('word.follow')} 3")
    assert "3/4" in person.heard
    assert (await follows(world))[0] == ("commitment", f"{CODE}/3")


async def test_follows_and_unfollows_a_commitment_by_word(world: World, person: Person) -> None:
    await person.say(f"{person.words('word.follow')} {THREE[person.language]}")
    word = f"{person.words('word.unfollow')} 3"
    label = as_read(person, words("label 3"))
    assert person.words("follow.done", what=label, word=word) in person.heard
    before = await follows(world)
    assert before[0] == ("commitment", f"{CODE}/3")
    await person.say(word)
    assert person.words("follow.gone", what=label) in person.heard
    assert len(await follows(world)) == len(before) - 1


async def test_follows_by_the_word_that_is_shown_or_its_button(world: World, person: Person) -> None:
    await person.say(f"{STATUS[person.language]} 2")
    before = await follows(world)
    await _way_out(person)
    assert person.words("follow.done", what=as_read(person, words("label 2")), word="").split(":")[0] in person.heard
    assert len(await follows(world)) == len(before) + 1
    await person.say(f"{STATUS[person.language]} 2")
    await _way_out(person)
    assert len(await follows(world)) == len(before)


async def test_follows_ones_province_and_a_theme_from_the_list(world: World, person: Person) -> None:
    for place, expected in ((1, ("province", "01.571")), (2, ("theme", "water"))):
        await person.say(person.words("word.follow"))
        assert person.words("follow.ask") in person.heard
        await person.pick(place)
        assert (await follows(world))[0] == expected
    await person.say(person.words("word.unfollow"))
    assert person.words("unfollow.ask") in person.heard
    await person.pick(2)
    assert person.words("follow.gone", what=as_read(person, _water())) in person.heard


async def test_whoever_follows_nothing_is_told_so(person: Person) -> None:
    await person.say(person.words("word.unfollow"))
    assert person.words("follow.nothing") in person.heard


async def test_the_menu_leads_there(person: Person) -> None:
    await person.say(person.words("word.menu"))
    for _ in range(2):
        if person.words("menu.status") in _offered(person):
            break
    await person.pick(_offered(person).index(person.words("menu.status")) + 1)
    assert person.words("status.list", late=1) in person.heard


def _offered(person: Person) -> list[str]:
    if isinstance(person, TelegramPerson):
        return [label for row in person.user.last.buttons for label, _ in row]
    lines = [line.partition(") ") for line in person.heard.splitlines()]
    return [label for number, _, label in lines if number.strip("\u200e\u200f").isdecimal() and label]


def _water() -> dict[str, str]:
    water = theme("water")
    assert water is not None
    return water.words


async def _way_out(person: Person) -> None:
    """Tap the first button, or type the first word that leads out."""
    if isinstance(person, TelegramPerson):
        await person._tap(person.user.last.buttons[0][0][1])
    else:
        assert isinstance(person, SmsPerson)
        await person.say(person.heard.splitlines()[-1].partition(" / ")[0].lower())


async def test_an_old_button_for_a_theme_that_is_gone_follows_nothing(world: World, person: Person) -> None:
    before = await follows(world)
    if isinstance(person, TelegramPerson):
        await person.say(person.words("word.follow"))
        await person.user.tap_on(person.user.last.message_id, "follow:theme:transparency")
        await person.network.settled()
        assert person.words("follow.unknown") in person.heard
        assert person.words("follow.ask") in person.heard
    assert await follows(world) == before
