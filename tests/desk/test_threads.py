"""A letter is a thread: an answer can be answered, letters move between desks, and staff see who waits longest."""

from __future__ import annotations

import asyncio

import pytest
import structlog
from sqlalchemy import func, select

from api.desk.models import Letter, LetterLine
from api.residents.models import Resident
from api.workflows import residents
from tests.api.office import call
from tests.desk.test_letters import QUESTION, at_home, desk, letters
from tests.meetings.test_journeys import texts
from tests.people import Person, TelegramPerson, joined
from tests.world import World

BACK = "imta ghadi ybda daba"
ANSWER = {"text": "le bus passe"}


async def answered(world: World, person: Person) -> int:
    """Let them write a letter from home and be answered; return the letter's number."""
    await person.say(QUESTION)
    await person.pick(1)
    number: int = (await desk(world))[-1]["number"]
    world.now.advance(hours=3)
    await desk(world, f"/{number}/answer", ANSWER)
    await world.deliver()
    return number


@pytest.mark.parametrize(("channel", "language"), [("sms", "fr"), ("telegram", "ar"), ("sms", "zgh"), ("sms", "ar")])
async def test_an_answer_is_answered_by_its_word_or_its_button(own_world: World, channel: str, language: str) -> None:
    person = await at_home(own_world, channel, language)
    number = await answered(own_world, person)
    word = f"{person.words('word.desk')} {number}"
    if isinstance(person, TelegramPerson):
        await person.user.tap(word)
        await person.network.settled()
    else:
        assert word.upper() in texts(person)[-1]
        await person.say(word)
    assert texts(person)[-1].startswith(person.words("desk.more", number=number))
    await person.say(BACK)
    assert texts(person)[-1].startswith(person.words("desk.sent", number=number))
    letter = await desk(own_world, f"/{number}")
    assert (letter["state"], letter["text"], letter["closed_at"]) == ("open", BACK, None)
    assert [(each["kind"], each["text"], each["who"]) for each in letter["lines"]] == [
        ("letter", QUESTION, None), ("answer", ANSWER["text"], "amina"), ("letter", BACK, None),
    ]  # fmt: skip
    assert len(await letters(own_world)) == 1
    await desk(own_world, f"/{number}/answer", {"text": "demain"}, who="idir")
    await own_world.deliver()
    assert "demain" in texts(person)[-1]


async def test_writing_back_continues_the_letter_even_if_it_was_closed(own_world: World) -> None:
    person = await at_home(own_world, "sms", "fr")
    number = await answered(own_world, person)
    await desk(own_world, f"/{number}/close", {})
    await person.say(BACK)
    await person.pick(1)
    (letter,) = await desk(own_world, "?state=open")
    assert (letter["number"], letter["text"]) == (number, BACK)
    own_world.now.advance(days=20)
    await desk(own_world, f"/{number}/answer", ANSWER)
    own_world.now.advance(days=15)  # too late to be taken as a continuation
    await person.say(QUESTION)
    await person.pick(1)
    assert [each["number"] for each in await desk(own_world, "?state=open")] != [number]


async def test_nobody_continues_somebody_elses_letter(own_world: World) -> None:
    one, other = await at_home(own_world, "sms", "fr"), await joined(own_world, "sms", "fr")
    number = await answered(own_world, one)
    await other.say(f"écrire {number}")
    assert texts(other)[-1].startswith(other.words("desk.ask", count=1000))
    await other.say(BACK)
    assert [each["lines"][0]["text"] for each in await desk(own_world, "?state=open")] == [BACK]
    assert (await desk(own_world, f"/{number}"))["state"] == "answered"


async def test_two_answers_at_once_become_one(own_world: World) -> None:
    person = await at_home(own_world, "sms", "fr")
    await person.say(QUESTION)
    await person.pick(1)
    number = (await letters(own_world))[0].id
    both = (
        call(own_world, "POST", f"/v1/desk/{number}/answer", json={"text": "oui"}, who=who) for who in ("amina", "idir")
    )
    assert sorted(each.status_code for each in await asyncio.gather(*both)) == [200, 409]
    before = len(texts(person))
    await own_world.deliver()
    assert len(texts(person)) == before + 1


async def test_a_letter_moves_to_another_desk_and_the_oldest_comes_first(own_world: World) -> None:
    person = await at_home(own_world, "sms", "fr")
    number = await answered(own_world, person)
    for text in ("ecrire", "une autre question"):
        await person.say(text)
    (newer,) = await desk(own_world, "?state=open")
    own_world.now.advance(days=2)
    await person.say(f"ecrire {number}")
    await person.say(BACK)
    own_world.now.advance(days=3)
    await desk(own_world, f"/{number}/assign", {"province": "99.999"}, status=422)
    moved = await desk(own_world, f"/{number}/assign", {"province": "01.511"})
    assert (moved["province"], moved["state"], moved["who"]) == ("01.511", "open", "amina")
    assert [each["number"] for each in await desk(own_world, "?province=01.511")] == [number]
    assert [each["number"] for each in await desk(own_world)] == [newer["number"], number]
    desks = await desk(own_world, "/overview")
    shown = [tuple(each[name] for name in ("province", "open", "answered", "closed", "days")) for each in desks]
    assert shown == [("01.571", 1, 0, 0, 5), ("01.511", 1, 0, 0, 3)]
    await desk(own_world, f"/{number}/assign", {"province": ""})
    await desk(own_world, f"/{number}/close", {})
    assert [each["province"] for each in await desk(own_world, "/overview")] == ["01.571", ""]


async def test_no_letter_is_logged_and_none_is_left_after_an_erasure(own_world: World) -> None:
    person = await at_home(own_world, "sms", "fr")
    with structlog.testing.capture_logs() as logs:
        number = await answered(own_world, person)
        await person.say(f"ecrire {number}")
        await person.say(BACK)
    assert not [each for each in logs if any(word in str(each) for word in ("tobis", "ybda", "bus passe"))]
    async with own_world.db.transaction() as session:
        author = await session.get_one(Resident, (await letters(own_world))[0].resident_id)
        await residents.erase(session, author, now=own_world.now())
        for table in (Letter, LetterLine):
            assert await session.scalar(select(func.count()).select_from(table)) == 0
