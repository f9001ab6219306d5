"""After closing, no cell of a row that leads to a person has a receipt, a ballot's id, or a choice."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Table, select, update

from api.background.cleanup import sweeper
from api.consultations.models import Answer, Ballot, Option, Participation, Question
from api.conversations.agent_sessions import AgentSession
from api.conversations.models import Conversation
from api.db import Base
from api.dialogue.understand.vocabulary.naming import bare
from api.errors import Invalid
from api.text.normalise import normalise
from tests.api.office import rows
from tests.ballots import KEYRING
from tests.consultations import question, words
from tests.direct import DirectPerson
from tests.linking.acts import shown_code
from tests.people import Person, TelegramPerson, joined
from tests.proposals.office import post
from tests.receipts.test_nobody_can_look import side
from tests.world import World

PURPOSES = ("delivery", "merge", "letter", "answer", "ballot", "address")
LABELS = ("Eau potable", "Routes", "Hôpital", "Marché couvert")


def ballot() -> dict[str, Any]:
    """A single choice, a ranking, and points: each shows the choices so far before it is done."""
    options = [{language: f"{label} {language}" for language in ("ar", "fr", "zgh")} for label in LABELS]
    questions = [question("single"), question("ranking", least=3), question("points", total=10), question("yes_no")]
    return {
        "code": "every",
        "title": words("every"),
        "questions": [{**each, "options": [] if each["kind"] == "yes_no" else options} for each in questions],
    }


async def crowd(world: World) -> list[Person]:
    """People who stopped wherever part of a choice may be left behind."""
    await world.close("plan")
    await world.open(ballot())
    people = [await joined(world, channel, "fr") for channel in ("sms", "telegram") * 4]
    phone, app, unsure, ranking, sharing, tapping, writing, linking = people
    for person in (phone, app, linking):
        for message in ("2", "3 1 2 4", "a4 b6", "non"):
            await person.say(message)
    await unsure.say("Ruotes")  # is asked to confirm, and never does
    await tapping.say("Ruotes")
    await ranking.pick(2)
    await ranking.pick(3)
    await ranking.say("aide")  # shows the ranking so far
    await sharing.say("1")
    await sharing.say("1 2 3 4")
    await sharing.say("a4")
    await sharing.say("annuler")
    await writing.say("1")
    await writing.say("idée")
    await writing.say("un puits au village")
    await linking.say("LIER")
    await phone.say(f"LIER {shown_code(linking)}")
    await linking.say("oui")
    assert isinstance(tapping, TelegramPerson)
    await tapping.pick(2)
    return people


@pytest.fixture
async def closed(own_world: World, caplog: pytest.LogCaptureFixture) -> World:
    """A world half a minute after closing; the log until then is in the captured records."""
    caplog.set_level("INFO")
    await crowd(own_world)
    async with own_world.db.transaction() as session:
        guesses = set(await session.scalars(select(Conversation.guess)))
        offered = json.dumps((await session.scalars(select(Conversation.offered))).all(), ensure_ascii=False)
    assert any(guess for guess in guesses)  # there is something to delete
    assert f"{LABELS[2]} fr (1)" in offered  # with its rank
    await own_world.close("every")
    await sweeper(own_world.settings, own_world.db, own_world.now)()
    return own_world


def legible(value: Any) -> Iterator[str]:
    """A cell as text; bytes also decrypted, if our keys open them."""
    if isinstance(value, bytes):
        yield from (value.decode("latin-1"), value.hex())
        for purpose in PURPOSES:
            try:
                yield KEYRING.decipher(value, purpose=purpose)
            except (Invalid, ValueError):
                continue
    else:
        yield json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else str(value)


async def cells(world: World) -> dict[str, list[str]]:
    """Every cell of every row of every table that leads to a person."""
    by_column: dict[str, list[str]] = {}
    async with world.db.transaction() as session:
        for table in filter(leads_to_a_person, Base.metadata.sorted_tables):
            for column in table.columns:
                values = [value for value in await session.scalars(select(column)) if value is not None]
                by_column[f"{table.name}.{column.name}"] = [text for value in values for text in legible(value)]
    return by_column


def leads_to_a_person(table: Table) -> bool:
    return side(table) == "person"


async def test_no_cell_of_a_person_names_a_ballot_or_a_choice(closed: World) -> None:
    async with closed.db.transaction() as session:
        receipts = set(await session.scalars(select(Ballot.receipt)))
        numbers = {str(number) for number in await session.scalars(select(Ballot.id))}
        keys = {
            f"q:{question}:{value}"
            for question, value in await session.execute(select(Answer.question_id, Answer.value))
        }
        question_keys = {f"q:{number}:" for number in await session.scalars(select(Question.id))}
        labels = {text for label in await session.scalars(select(Option.label)) for text in label.values()}
    assert len(receipts) >= 6
    by_column = await cells(closed)
    assert {"conversations.offered", "conversations.guess", "deliveries.sealed", "merges.sealed"} <= set(by_column)
    for name, texts in by_column.items():
        everything = "\n".join(texts)
        leaks = [each for each in {*receipts, *numbers, *keys, *question_keys, *labels, *LABELS} if each in everything]
        assert leaks == [], name


async def test_no_line_of_the_log_names_one(closed: World, caplog: pytest.LogCaptureFixture) -> None:
    async with closed.db.transaction() as session:
        receipts = set(await session.scalars(select(Ballot.receipt)))
    logged = "\n".join(record.getMessage() for record in caplog.get_records("setup"))
    assert logged  # at least exchanges of the rehearsal
    assert [each for each in {*receipts, *LABELS} if each in logged] == []


async def test_how_far_somebody_came_is_told_of_nobody(closed: World) -> None:
    """Few ballots may end where theirs does."""
    async with closed.db.transaction() as session:
        assert set(await session.scalars(select(Participation.state))) <= {"asked", "finished"}
        assert set(await session.scalars(select(Conversation.position))) == {0}
        assert len(set(await session.scalars(select(Ballot.complete)))) == 2  # these may differ


async def test_an_idea_that_is_being_written_is_left_alone(closed: World) -> None:
    async with closed.db.transaction() as session:
        notes = [notes for notes in await session.scalars(select(Conversation.notes)) if notes]
    assert [bool(note["idea"]["text"]) for note in notes] == [True]
    assert "puits" not in str(notes)


async def assisting(world: World) -> AgentSession:
    """The session of the only agent."""
    async with world.db.transaction() as session:
        stored = (await session.scalars(select(Conversation.assisting))).one()
    assert stored is not None
    return stored


async def test_an_agent_keeps_neither_a_token_nor_their_own_place(own_world: World) -> None:
    created = await post(own_world, "agents", name="Association Amal", limit=3)
    agent = await joined(own_world, "sms", "fr")
    await agent.pick(1)  # an answer of their own; the others wait
    await agent.say(f"AGENT {created['code']}")
    await agent.pick(1)
    held = await assisting(own_world)
    assert held.own.position > 0
    assert held.person is not None
    token = held.person.token
    await own_world.close("plan")
    await sweeper(own_world.settings, own_world.db, own_world.now)()
    assert token not in "".join((await rows(own_world)).values())
    assert (await assisting(own_world)).own.position == 0
    await agent.pick(1)
    assert agent.words("error.closed") in agent.heard


async def test_whoever_answers_late_hears_that_it_is_closed(own_world: World) -> None:
    people = [await joined(own_world, channel, "fr") for channel in ("sms", "telegram")]
    for person in people:
        await person.pick(1)
    await own_world.close("plan")
    await sweeper(own_world.settings, own_world.db, own_world.now)()
    for person in people:
        await person.say("oui")
        assert person.words("closed.check") in person.heard


async def test_a_reply_that_was_under_way_at_closing_is_blanked_once_it_is_through(own_world: World) -> None:
    await joined(own_world, "telegram", "fr")
    tables = Base.metadata.tables
    deliveries = tables["deliveries"]
    async with own_world.db.transaction() as session:
        await session.execute(update(deliveries).values(state="sending", settled_at=None))
    await own_world.close("plan")
    async with own_world.db.transaction() as session:
        await session.execute(update(deliveries).values(state="sent", settled_at=own_world.now()))
    await sweeper(own_world.settings, own_world.db, own_world.now)()
    async with own_world.db.transaction() as session:
        assert set(await session.scalars(select(deliveries.c.sealed))) == {None}


async def test_no_text_stays_in_memory_once_it_was_answered(quiet_world: World) -> None:
    person = DirectPerson.new(quiet_world, "sms")
    for message in ("Bonjour", "2", "oui", "Tanger", "1", "oui", "3", "je suis malade"):
        await person.say(message)
    assert normalise.cache_info().currsize == 0
    assert bare.cache_info().currsize == 0
