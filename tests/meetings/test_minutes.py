"""The minutes: each attendee judges them once, opinions stay anonymous, and nobody is interrupted by the question."""

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

MINUTES = MinutesWords(ar="ا", fr="On a dit : l'eau.", zgh="ⴰ")


async def later(world: World) -> None:
    """Advance by two days or more, to 10:00."""
    world.now.advance(days=2)
    while world.now().hour != 10 or not world.kit.rules.hours.open_at(world.now()):
        world.now.advance(hours=1)


async def record(world: World) -> None:
    """Record the minutes of the meeting."""
    async with world.db.transaction() as session:
        await service.record(session, "tanger", MINUTES, who="amina", now=world.now())


async def record_by_day(world: World) -> None:
    """Record the minutes, at an hour in which residents may be written to."""
    await later(world)
    await record(world)


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
    await record(quiet_world)
    assert await judge(quiet_world, number, seated, right=True)
    assert not await judge(quiet_world, number, seated, right=False)
    assert not await judge(quiet_world, number, waiting, right=True)
    row = await at(quiet_world, number)
    assert (row.agreed, row.disagreed) == (1, 0)


async def test_a_question_in_progress_comes_before_the_minutes(own_world: World) -> None:
    number = await planned(own_world, days=1)
    person = await joined(own_world, "sms", "fr")
    await takes_a_seat(person)
    assert "1/4" in texts(person)[-1]
    await later(own_world)
    await person.say("1")
    assert "2/4" in texts(person)[-1]
    await record(own_world)
    before = len(texts(person))
    await clock(own_world)
    await own_world.deliver()
    assert len(texts(person)) == before
    own_world.now.advance(hours=6)
    await clock(own_world)
    await own_world.deliver()
    question = person.words("minutes.ask", place="Maison de la culture", minutes=MINUTES.fr)
    assert texts(person)[-1].startswith(question)
    await person.say("xyzzy")
    assert question in texts(person)[-1]
    await person.say("2")
    assert texts(person)[-1].startswith(person.words("minutes.thanks"))
    assert person.words("minutes.mend") in texts(person)[-1]
    await person.say("retour")
    assert "2/4" in texts(person)[-1]
    assert (await at(own_world, number)).disagreed == 1


async def ask(world: World, number: int, people: int) -> tuple[int, int]:
    """Ask so many more who had a seat; return how many were asked, and the number of statements."""
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
        count_asked = await prompts.ask_minutes(session, kit=world.kit, keyring=KEYRING, now=world.now())
    event.remove(world.db.engine.sync_engine, "before_cursor_execute", count)
    return count_asked, statements


async def test_many_are_asked_in_as_many_statements_as_a_few(quiet_world: World) -> None:
    number = await planned(quiet_world, days=1, seats=100)
    await record_by_day(quiet_world)
    (few, took), (many, took_too) = await ask(quiet_world, number, 2), await ask(quiet_world, number, 40)
    assert (few, many) == (2, 40)
    assert took == took_too
    async with quiet_world.db.transaction() as session:
        assert await minutes_review.lock_unasked(session) == []
        assert set(await session.scalars(select(Conversation.step))) == {"minutes"}


async def test_whoever_was_at_two_meetings_is_asked_one_at_a_time(own_world: World) -> None:
    first, second = await planned(own_world, days=1), await planned(own_world, "tetouan", days=1)
    await own_world.close("plan")
    person = await joined(own_world, "sms", "fr")
    async with own_world.db.transaction() as session:
        who = (await session.scalars(select(Address.resident_id))).one()
    for number in (first, second):
        await register(own_world, number, who)
    await record_by_day(own_world)
    async with own_world.db.transaction() as session:
        await service.record(session, "tetouan", MINUTES, who="amina", now=own_world.now())
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
    await record(quiet_world)
    await clock(quiet_world)
    async with quiet_world.db.transaction() as session:
        assert len(await minutes_review.lock_unasked(session)) == 1
