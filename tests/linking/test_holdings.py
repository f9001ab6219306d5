"""My data lists everything a person has, by SMS in few segments; erasing handles each, and says what it keeps."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select, text

from api.clock import MOROCCO
from api.desk import service as desk
from api.desk.models import Letter
from api.meetings.models import Registration
from api.proposals.ideas import intake
from api.proposals.models import Idea, IdeaAuthor
from api.residents import follows
from api.residents.models import Address, Resident
from api.text import formats
from sms.segments import count
from tests.ballots import KEYRING, resident_of
from tests.linking.acts import address_of, shown_code, vote_to_the_end
from tests.linking.test_mine import WORDS, erase_confirmed
from tests.meetings.planned import at, planned, register
from tests.people import Person, joined
from tests.proposals.office import draft, get, idea, post
from tests.world import World

WHO = [("sms", "ar"), ("telegram", "zgh"), ("sms", "fr"), ("telegram", "fr")]


async def holding(world: World, channel: str, language: str) -> tuple[Person, int, list[int], int]:
    """Somebody with a vote, four ideas, a seat, a letter and a follow; their number, ideas and letter."""
    person = await joined(world, channel, language)
    await vote_to_the_end(person, 2)
    stored = await resident_of(world, *address_of(person))
    assert stored is not None
    async with world.db.transaction() as session:
        resident = await session.get_one(Resident, stored.id)
        address = (await session.scalars(select(Address).where(Address.resident_id == stored.id))).one()
        fields = {"theme": "water", "province": None, "channel": channel}
        numbers = []
        for days in (2, 2, 1, 0):
            sent = await intake.submit(
                session, resident, text="un puits", most=3, now=world.now.later(days=-days), **fields
            )
            numbers.append(sent.id)
        letter = await desk.write(
            session, resident, "une question", address_id=address.id, keyring=KEYRING, now=world.now()
        )
        await follows.follow(session, resident_id=stored.id, kind="theme", ref="water", now=world.now())
        return person, stored.id, numbers, letter.id


@pytest.mark.parametrize(("channel", "language"), WHO)
async def test_all_they_hold_is_listed(world: World, channel: str, language: str) -> None:
    person, resident, numbers, letter = await holding(world, channel, language)
    meeting = await planned(world, f"mine-{resident}")
    await register(world, meeting, resident)
    day = formats.short_day((await at(world, meeting)).starts_at.astimezone(MOROCCO).date())
    await person.say(WORDS[language])
    newest = ("، " if language == "ar" else ", ").join(str(number) for number in numbers[:0:-1])
    for sentence in (
        person.words("mine.ideas", number=4, newest=newest),
        person.words("mine.seats", number=1, newest=day),
        person.words("mine.letters", number=1, newest=str(letter)),
        person.words("mine.follows", number=1),
    ):
        assert sentence in person.heard
    assert person.words("mine.assisting") not in person.heard
    assert person.words("mine.keeps") not in person.heard
    if channel == "sms":
        assert count(person.heard).parts <= (5 if language == "ar" else 3), person.heard


@pytest.mark.parametrize(("channel", "language"), WHO)
async def test_erasing_deals_with_each_and_says_what_stays(own_world: World, channel: str, language: str) -> None:
    world = own_world
    person, resident, numbers, _ = await holding(world, channel, language)
    await register(world, await planned(world), resident)
    for number in numbers[:2]:
        await post(world, f"ideas/{number}/read")
    await post(world, f"ideas/{numbers[0]}/publish", text="un puits")
    await post(world, "proposals", **draft("puits", numbers[1]))
    await person.say(WORDS[language])
    await person.pick(1)
    assert person.words("mine.keeps") in person.heard  # before they say yes
    await person.pick(1)
    assert person.words("mine.keeps") in person.heard
    assert person.words("mine.erased") in person.heard
    async with world.db.transaction() as session:
        for table in (IdeaAuthor, Registration, Letter):
            assert await session.scalar(select(func.count()).select_from(table)) == 0, table
        texts = dict((await session.execute(select(Idea.id, Idea.text).order_by(Idea.id))).all())
        assert await session.scalar(text("SELECT count(*) FROM follows")) == 0
    assert [texts[number] for number in numbers] == ["un puits", "un puits", "", ""]


async def test_nothing_is_said_of_ideas_where_none_stays(own_world: World) -> None:
    person, *_ = await holding(own_world, "sms", "fr")
    await erase_confirmed(person)
    assert person.words("mine.keeps") not in person.heard


async def test_an_agent_sees_that_they_answer_for_others(own_world: World) -> None:
    created = await post(own_world, "agents", name="Association Amal", limit=3)
    agent = await joined(own_world, "sms", "fr")
    await agent.say(f"AGENT {created['code']}")
    await agent.say(WORDS["fr"])
    assert agent.words("mine.assisting") in agent.heard


async def test_an_idea_of_two_who_are_one_is_nobody_elses(own_world: World) -> None:
    """Also after a second merge, with somebody who had been merged before."""
    world = own_world
    app, one, other = [await joined(world, channel, "fr") for channel in ("telegram", "sms", "sms")]
    numbers = []
    for person in (one, other, app):
        resident = await resident_of(world, *address_of(person))
        assert resident is not None
        numbers.append(await idea(world, resident.id))
        await post(world, f"ideas/{numbers[-1]}/read")
        async with world.db.transaction() as session:
            await follows.follow(session, resident_id=resident.id, kind="theme", ref="water", now=world.now())
    for number in numbers[1:]:
        await post(world, f"ideas/{number}/merge", into=numbers[0])
    await one.say("LIER")
    await other.say(f"LIER {shown_code(one)}")
    await one.say("oui")
    await app.say("LIER")
    await one.say(f"LIER {shown_code(app)}")
    await app.say("oui")
    assert (await get(world, f"ideas/{numbers[0]}"))["authors"] == 1
    await erase_confirmed(app)
    assert app.words("mine.keeps") not in app.heard
    async with world.db.transaction() as session:
        assert set(await session.scalars(select(Idea.text))) == {""}
        assert await session.scalar(select(func.count()).select_from(IdeaAuthor)) == 0
        assert await session.scalar(text("SELECT count(*) FROM follows")) == 0
        assert set(await session.scalars(select(Resident.province))) == {None}
        assert set(await session.scalars(text("SELECT sealed FROM merges"))) == {None}
