"""The minutes: each judges them once, nothing ties them to what they said, and nobody is asked amid a question."""

from __future__ import annotations

from sqlalchemy import event, select

from api.conversations.models import Conversation
from api.dialogue import prompts
from api.meetings import minutes_review, service
from api.meetings.models import Registration
from api.meetings.schemas import MinutesWords
from api.residents.models import Address
from tests.campaigns.crowd import resident
from tests.meetings.planned import at, clock, planned, register
from tests.meetings.test_journeys import takes_a_seat, texts
from tests.people import joined
from tests.world import KEYRING, World

SAID = MinutesWords(ar="ا", fr="On a dit : l'eau.", zgh="ⴰ")


async def later(world: World) -> None:
    """It is ten o'clock, two days later or more."""
    world.now.advance(days=2)
    while world.now().hour != 10 or not world.kit.rules.hours.open_at(world.now()):
        world.now.advance(hours=1)


async def held(world: World) -> None:
    """The meeting was held: its minutes are kept."""
    async with world.db.transaction() as session:
        await service.record(session, "tanger", SAID, who="amina", now=world.now())


async def held_by_day(world: World) -> None:
    """The meeting was held, and it is an hour at which residents are written to."""
    await later(world)
    await held(world)


async def judge(world: World, number: int, who: int, *, right: bool) -> bool:
    async with world.db.transaction() as session:
        return await minutes_review.judge(session, number, resident_id=who, right=right)


async def test_each_who_had_a_seat_judges_once(quiet_world: World) -> None:
    number = await planned(quiet_world, days=1, seats=1)
    seated, waiting = await resident(quiet_world), await resident(quiet_world)
    for who in (seated, waiting):
        await register(quiet_world, number, who)
    assert not await judge(quiet_world, number, seated, right=True)  # there are no minutes yet
    await later(quiet_world)
    await held(quiet_world)
    assert await judge(quiet_world, number, seated, right=True)
    assert not await judge(quiet_world, number, seated, right=False)
    assert not await judge(quiet_world, number, waiting, right=True)
    found = await at(quiet_world, number)
    assert (found.agreed, found.disagreed) == (1, 0)


async def test_who_is_amid_a_question_is_asked_later_and_goes_on_with_it(own_world: World) -> None:
    number = await planned(own_world, days=1)
    person = await joined(own_world, "sms", "fr")
    await takes_a_seat(person)
    assert "1/4" in texts(person)[-1]
    await later(own_world)
    await person.say("1")
    assert "2/4" in texts(person)[-1]
    await held(own_world)
    before = len(texts(person))
    await clock(own_world)
    await own_world.deliver()
    assert len(texts(person)) == before
    own_world.now.advance(hours=6)
    await clock(own_world)
    await own_world.deliver()
    asked = person.words("minutes.ask", place="Maison de la culture", minutes=SAID.fr)
    assert texts(person)[-1].startswith(asked)
    await person.say("xyzzy")
    assert asked in texts(person)[-1]
    await person.say("2")
    assert texts(person)[-1].startswith(person.words("minutes.thanks"))
    assert person.words("minutes.mend") in texts(person)[-1]
    await person.say("retour")
    assert "2/4" in texts(person)[-1]
    assert (await at(own_world, number)).disagreed == 1


async def asked(world: World, number: int, people: int) -> tuple[int, int]:
    """Ask so many more who had a seat; returns how many were asked, and in how many statements."""
    for _ in range(people):
        who = await resident(world)
        async with world.db.transaction() as session:
            session.add(Registration(meeting_id=number, resident_id=who, state=service.SEAT, since=world.now()))
            at = await session.scalar(select(Address.id).where(Address.resident_id == who))
            session.add(Conversation(address_id=at, step="home", hour=world.now()))
    statements = 0

    def count(*_: object) -> None:
        nonlocal statements
        statements += 1

    event.listen(world.db.engine.sync_engine, "before_cursor_execute", count)
    async with world.db.transaction() as session:
        found = await prompts.ask_minutes(session, kit=world.kit, keyring=KEYRING, now=world.now())
    event.remove(world.db.engine.sync_engine, "before_cursor_execute", count)
    return found, statements


async def test_many_are_asked_in_as_many_statements_as_a_few(quiet_world: World) -> None:
    number = await planned(quiet_world, days=1, seats=100)
    await held_by_day(quiet_world)
    (few, took), (many, took_too) = await asked(quiet_world, number, 2), await asked(quiet_world, number, 40)
    assert (few, many) == (2, 40)
    assert took == took_too
    async with quiet_world.db.transaction() as session:
        assert await minutes_review.lock_unasked(session) == []
        assert set(await session.scalars(select(Conversation.step))) == {"minutes"}


async def test_who_was_at_two_meetings_is_asked_of_one_after_the_other(own_world: World) -> None:
    first, second = await planned(own_world, days=1), await planned(own_world, "tetouan", days=1)
    await own_world.close("plan")
    person = await joined(own_world, "sms", "fr")
    async with own_world.db.transaction() as session:
        who = (await session.scalars(select(Address.resident_id))).one()
    for number in (first, second):
        await register(own_world, number, who)
    await held_by_day(own_world)
    async with own_world.db.transaction() as session:
        await service.record(session, "tetouan", SAID, who="amina", now=own_world.now())
    for number in (first, second):
        before = len(texts(person))
        await clock(own_world)
        await own_world.deliver()
        assert len(texts(person)) == before + 1
        await person.say("1")
        assert (await at(own_world, number)).agreed == 1


async def test_nobody_is_asked_at_night(quiet_world: World) -> None:
    number = await planned(quiet_world, days=1)
    await quiet_world.close("plan")
    await register(quiet_world, number, await resident(quiet_world))
    await later(quiet_world)
    while quiet_world.kit.rules.hours.open_at(quiet_world.now()):
        quiet_world.now.advance(hours=1)
    await held(quiet_world)
    await clock(quiet_world)
    async with quiet_world.db.transaction() as session:
        assert len(await minutes_review.lock_unasked(session)) == 1
