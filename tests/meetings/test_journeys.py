"""Meetings as residents use them: the list, a seat, the waiting list, giving up, the reminder, the minutes."""

from __future__ import annotations

from datetime import timedelta

import pytest

from api.i18n import Voice
from api.meetings import notifications, service
from api.meetings.schemas import MinutesWords
from sawt.compose import catalogs
from tests.meetings.planned import PLACE, at, by_day, clock, planned, registered
from tests.people import Person, SmsPerson, TelegramPerson, joined
from tests.world import World

pytestmark = [
    pytest.mark.parametrize("channel", ["sms", "telegram"]),
    pytest.mark.parametrize("language", ["ar", "fr", "zgh"]),
]
WORD = {"ar": "اجتماعات", "fr": "réunions", "zgh": "ⵉⴳⵔⴰⵡⵏ"}


def texts(person: Person) -> list[str]:
    """Return the texts they received, without places and files."""
    if isinstance(person, TelegramPerson):
        return [message.text for message in person.user.messages if message.text]
    assert isinstance(person, SmsPerson)
    return [message.text for message in person.phone.inbox]


def voice_of(person: Person) -> Voice:
    """Return the voice that speaks to this person."""
    return catalogs().voice(person.language, latin=person.channel == "sms" and person.language == "zgh")


async def gives_up(person: Person) -> None:
    """Send the word by SMS; on Telegram, tap its newest button."""
    if isinstance(person, TelegramPerson):
        await person.user.tap(person.words("word.withdraw"))
        await person.network.settled()
    else:
        await person.say(person.words("word.withdraw"))


async def takes_a_seat(person: Person, place: int = 1) -> None:
    await person.say(WORD[person.language])
    await person.pick(place)
    await person.pick(1)


async def when_and_where(world: World, person: Person, number: int) -> dict[str, str]:
    return {
        "when": notifications.start_text(await at(world, number), voice_of(person)),
        "place": PLACE[person.language],
    }


async def test_a_seat_is_taken_and_given_back(own_world: World, channel: str, language: str) -> None:
    number = await planned(own_world)
    await own_world.close("plan")
    person = await joined(own_world, channel, language)
    await person.say(WORD[language])
    assert person.heard.startswith(person.words("meetings.ask"))
    await person.pick(1)
    where = await when_and_where(own_world, person, number)
    shown = person.words("meeting.show", title=(await at(own_world, number)).title[language], **where, free=20)
    assert person.heard.startswith(shown)
    await person.pick(1)
    assert texts(person)[-1].startswith(person.words("meeting.seat", **where))
    assert [state for _, state in await registered(own_world, number)] == ["seat"]
    await gives_up(person)
    assert texts(person)[-1].startswith(person.words("meeting.out", **where))
    assert await registered(own_world, number) == []
    await person.say(person.words("word.withdraw"))
    assert texts(person)[-1].startswith(person.words("meeting.out.none"))


async def test_who_waits_is_told_when_a_seat_is_free(own_world: World, channel: str, language: str) -> None:
    number = await planned(own_world, seats=1)
    await own_world.close("plan")
    first, second = await joined(own_world, channel, language), await joined(own_world, channel, language)
    await takes_a_seat(first)
    await takes_a_seat(second)
    assert texts(second)[-1].startswith(second.words("meeting.waiting", number=1))
    before = texts(second)
    await gives_up(first)
    await by_day(own_world)
    for _ in range(2):
        await clock(own_world)
    await own_world.deliver()
    assert len(texts(second)) == len(before) + 1
    where = await when_and_where(own_world, second, number)
    assert texts(second)[-1].startswith(second.words("meeting.promoted", **where))
    assert [state for _, state in await registered(own_world, number)] == ["seat"]


async def test_the_reminder_comes_the_day_before_once(own_world: World, channel: str, language: str) -> None:
    number = await planned(own_world, days=3)
    await own_world.close("plan")
    person = await joined(own_world, channel, language)
    await takes_a_seat(person)
    starts = (await at(own_world, number)).starts_at
    before = len(texts(person))
    for day in (2, 1):
        morning = starts.replace(hour=10, minute=0) - timedelta(days=day)
        own_world.now.advance(seconds=(morning - own_world.now()).total_seconds())
        for _ in range(2):
            await clock(own_world)
        await own_world.deliver()
    where = await when_and_where(own_world, person, number)
    new = texts(person)[before:]
    assert len(new) == 1
    assert new[0].startswith(person.words("meeting.reminder", **where))
    await gives_up(person)
    assert await registered(own_world, number) == []


async def test_the_minutes_are_judged_by_one_or_two(own_world: World, channel: str, language: str) -> None:
    number = await planned(own_world, days=1)
    await own_world.close("plan")
    people = [await joined(own_world, channel, language) for _ in range(2)]
    for person in people:
        await takes_a_seat(person)
    own_world.now.advance(days=2)
    while not own_world.kit.rules.hours.open_at(own_world.now()):
        own_world.now.advance(hours=1)
    minutes = {"ar": "قيل الماء", "fr": "On a dit : l'eau.", "zgh": "ⴰⵎⴰⵏ"}
    async with own_world.db.transaction() as session:
        await service.record(session, "tanger", MinutesWords(**minutes), who="amina", now=own_world.now())
    for _ in range(2):
        await clock(own_world)
    await own_world.deliver()
    question = person.words("minutes.ask", place=PLACE[language], minutes=minutes[language])
    for place, person in enumerate(people, start=1):
        assert texts(person)[-1].startswith(question)
        assert texts(person)[-2:].count(texts(person)[-1]) == 1
        await person.pick(place)
        assert texts(person)[-1].startswith(person.words("minutes.thanks"))
    row = await at(own_world, number)
    assert (row.agreed, row.disagreed) == (1, 1)
