"""A letter to the staff that arrives in several texts, as no gateway joins them: its end belongs to it."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from api.desk.models import Letter, LetterLine
from tests.direct import DirectPerson
from tests.journeys.test_late_words import StandingClock, at_the_first_question
from tests.world import KEYRING, World

BEGUN = (
    "bonjour je vous ecris pour la route de notre douar qui est coupee depuis deux mois les enfants ne vont plus "
    "a ecole des que il pleut beaucoup et que la riv"
)
ARABIC = "السلام عليكم نحن سكان الدوار نطلب منكم اصلاح الطريق التي انقطعت في"
assert (len(BEGUN), len(ARABIC)) == (155, 66)


async def writer(world: World, text: str = "écrire") -> tuple[DirectPerson, StandingClock]:
    """Somebody who is asked for a letter."""
    clock = StandingClock(world.now())
    person = await at_the_first_question(world, clock, repeated_within=3, parts_within=5)
    await person.say(text)
    return person, clock


async def letters(person: DirectPerson) -> list[list[str]]:
    """The letters of this world, line by line."""
    async with person.world.db.transaction() as session:
        numbers = await session.scalars(select(Letter.id).order_by(Letter.id))
        lines = [
            await session.scalars(select(LetterLine.sealed).where(LetterLine.letter_id == each).order_by(LetterLine.id))
            for each in numbers
        ]
        return [[KEYRING.decipher(sealed, purpose="letter") for sealed in each] for each in lines]


@pytest.mark.parametrize(
    ("begun", "end"),
    [
        (BEGUN, "iere deborde"),
        (ARABIC, "الشتاء"),
        (BEGUN, "iere. Merci"),
        (BEGUN, "ere a la reunion"),
        (ARABIC, "الشتاء شكرا جزيلا"),
    ],
)
async def test_the_end_of_a_letter_joins_it(quiet_world: World, begun: str, end: str) -> None:
    person, clock = await writer(quiet_world)
    before = await letters(person)
    await person.say(begun)
    number = await newest(person)
    clock.advance(seconds=2)
    await person.say(end)
    assert person.heard.startswith(person.words("desk.joined", number=number))
    assert (await letters(person))[len(before) :] == [[begun + end]]


async def newest(person: DirectPerson) -> int:
    """The number of the newest letter."""
    async with person.world.db.transaction() as session:
        return await session.scalar(select(func.max(Letter.id))) or 0


async def test_a_longer_end_and_a_third_part_join_it_too(quiet_world: World) -> None:
    person, clock = await writer(quiet_world)
    await person.say(BEGUN)
    parts = [BEGUN.replace("bonjour", "ensuite"), "et voila pourquoi nous vous ecrivons aujourd hui, merci"]
    for part in parts:
        clock.advance(seconds=1)
        await person.say(part)
        assert person.words("desk.joined", number=await newest(person)) in person.heard
    assert (await letters(person))[-1] == [BEGUN + "".join(parts)]


async def test_a_part_that_follows_a_short_letter_is_a_word_of_its_own(quiet_world: World) -> None:
    person, clock = await writer(quiet_world)
    await person.say("il manque un medecin au douar")
    clock.advance(seconds=2)
    await person.say("et une sage-femme")
    assert (await letters(person))[-1] == ["il manque un medecin au douar et une sage-femme"]
    clock.advance(seconds=2)
    await person.say("2")  # answers the question
    assert (await letters(person))[-1] == ["il manque un medecin au douar et une sage-femme"]


async def test_what_comes_later_is_none_of_its_parts(quiet_world: World) -> None:
    person, clock = await writer(quiet_world)
    await person.say(BEGUN)
    clock.advance(seconds=20)
    await person.say("iere deborde")
    assert (await letters(person))[-1] == [BEGUN]


async def test_what_the_staff_answered_already_is_followed_by_a_line_of_its_own(quiet_world: World) -> None:
    person, clock = await writer(quiet_world)
    await person.say(BEGUN)
    number = await newest(person)
    async with quiet_world.db.transaction() as session:
        letter = await session.get_one(Letter, number)
        letter.state, letter.answered_at = "answered", clock()
    clock.advance(seconds=2)
    await person.say("iere deborde")
    assert (await letters(person))[-1] == [BEGUN, "iere deborde"]


async def test_the_parts_of_an_offer_are_offered_together(quiet_world: World) -> None:
    person, clock = await writer(quiet_world, "retour")
    assert person.words("home.choose") in person.heard
    await person.say(BEGUN)
    assert "riv" in person.heard
    clock.advance(seconds=2)
    await person.say("iere deborde et le pont est casse")
    assert "riviere deborde et le pont est casse" in person.heard
    await person.say("oui")
    assert (await letters(person))[-1] == [BEGUN + "iere deborde et le pont est casse"]


async def test_a_letter_that_is_full_says_so_and_keeps_what_it_has(quiet_world: World) -> None:
    person, clock = await writer(quiet_world)
    long = ("une route " * 100)[:990].strip()
    await person.say(long)
    clock.advance(seconds=2)
    await person.say("et un pont, et une ecole")
    assert person.words("desk.full", number=await newest(person)) in person.heard
    assert (await letters(person))[-1] == [long]
    await person.say("et enfin un hopital")
    assert (await letters(person))[-1] == [long]
