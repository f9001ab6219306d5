"""What staff and the database know about votes: counts that match the ballots, and nothing about who cast them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy
from sqlalchemy import select
from sqlalchemy.engine import make_url

from api.consultations.models import Answer, Ballot, Consultation
from api.consultations.vault_keys.secrecy import secret_of
from api.db import Base
from api.inbound.models import Inbound
from api.outbox import service as outbox
from api.outbox.models import Delivery
from api.region import places
from tests.api.office import CONSULTATIONS, call, rows
from tests.ballots import ballots_of
from tests.clock import MovingClock
from tests.consultations import main_consultation
from tests.people import FIRST, PEOPLE, Person, SmsPerson, TelegramPerson, joined
from tests.wire.checker import WireChecker
from tests.world import World, living


async def voted(world: World, channel: str, language: str, province: int, answers: tuple[int, int, int]) -> Person:
    """A person who answered every question."""
    person: Person = PEOPLE[channel](world, language)
    await person.say("hello")
    for place in (FIRST[language], 1, province, *answers[:2]):
        await person.pick(place)
    await person.say(str(answers[2]))
    await person.say("un puits au village")
    return person


def addresses(person: Person) -> list[str]:
    """The ways in which their address could be stored."""
    if isinstance(person, TelegramPerson):
        return [str(person.user.profile.id)]
    assert isinstance(person, SmsPerson)
    return [person.phone.number.removeprefix("+212")]


async def test_results_agree_with_the_ballots(own_world: World) -> None:
    for number, (channel, language) in enumerate((c, t) for c in PEOPLE for t in FIRST):
        await voted(own_world, channel, language, number % 4 + 1, (number % 3 + 1, number % 2 + 1, number % 5 + 1))
    await (await joined(own_world, "sms", "fr")).pick(1)  # goes no further
    results = (await call(own_world, "GET", f"{CONSULTATIONS}/plan/results")).json()
    async with own_world.db.transaction() as session:
        ballots = list(await session.scalars(select(Ballot)))
        answers = list(await session.scalars(select(Answer)))
    by_id = {ballot.id: ballot for ballot in ballots}
    groups = {
        "province": lambda ballot: places.label(ballot.province),
        "language": lambda ballot: ballot.language,
        "channel": lambda ballot: ballot.channel,
        "answered by": lambda ballot: "an agent" if ballot.assisted else "themselves",
    }
    assert (results["ballots"], results["complete"]) == (7, 6)
    assert (len(ballots), sum(ballot.complete for ballot in ballots)) == (7, 6)
    for name, of in groups.items():
        assert results["groups"][name] == dict.fromkeys(map(of, ballots)), name  # all too small: test_small_groups.py
    for question, question_id in zip(results["questions"], sorted({each.question_id for each in answers}), strict=True):
        own = [each for each in answers if each.question_id == question_id]
        assert question["values_given"] == len(own)
        for counted in question["answers"]:
            those = [by_id[each.ballot_id] for each in own if each.value == counted["value"]]
            assert counted["count"] == len(those)
            assert counted["by"] == results["groups"]


def test_no_table_leads_from_a_ballot_to_a_resident() -> None:
    assert set(Ballot.__table__.c.keys()) == {
        "id", "consultation_id", "voter", "receipt", "channel", "language", "province", "complete", "cast_on",
        "changed_at",
        "assisted", "agent", "numbered",
    }  # fmt: skip
    for table in Base.metadata.sorted_tables:
        tables = {key.column.table.name for key in table.foreign_keys} | {table.name}
        assert not {"ballots", "residents"} <= tables, table.name
        assert not {"ballots", "addresses"} <= tables, table.name
    assert set(Inbound.__table__.c.keys()) == {"id", "provider", "external_id", "received_at", "forget_at"}


@pytest.mark.parametrize("channel", PEOPLE)
async def test_no_token_ties_two_ballots_of_one_person(own_world: World, channel: str) -> None:
    person = await voted(own_world, channel, "fr", 3, (2, 1, 4))
    await own_world.open({**main_consultation(), "code": "second"})
    await person.say("second")
    await person.pick(1)
    address = str(person.user.profile.id) if isinstance(person, TelegramPerson) else person.phone.number
    ballots = dict(await ballots_of(own_world, channel, address))
    assert set(ballots) == {"plan", "second"}
    assert len({ballot.voter for ballot in ballots.values()}) == 2


@pytest.mark.parametrize("channel", PEOPLE)
async def test_after_closing_nobody_can_be_tied_to_a_ballot(own_world: World, channel: str) -> None:
    person = await joined(own_world, channel, "fr")
    await person.pick(1)
    async with own_world.db.transaction() as session:
        secret = secret_of(session, (await session.scalars(select(Consultation))).one())
        assert len(secret) == 32
    closed = await call(own_world, "POST", f"{CONSULTATIONS}/plan/close")
    assert closed.json()["state"] == "closed"
    async with own_world.db.transaction() as session:
        assert await session.scalar(select(Consultation.secret)) is None
    before = await rows(own_world)
    await person.pick(2)
    assert person.words("closed.check") in person.heard
    after = await rows(own_world)
    assert (after["ballots"], after["answers"]) == (before["ballots"], before["answers"])
    assert secret.hex() not in "".join(after.values())
    await person.say("hello")
    assert person.words("home.none") in person.heard


@pytest.mark.parametrize("channel", PEOPLE)
async def test_when_its_time_is_over_it_takes_no_answer_even_before_the_clock_closes_it(
    database_url: str, checker: WireChecker, channel: str
) -> None:
    soon = MovingClock().later(hours=1)
    consultation = {**main_consultation(), "closes_at": soon.isoformat()}
    async with living(database_url, checker, consultation=consultation) as world:
        person = await joined(world, channel, "fr")
        await person.pick(1)
        world.now.advance(hours=2)
        await person.pick(2)
        assert person.words("error.closed") in person.heard
        results = await world.results()  # whether or not the clock, which looks each second, has closed it by now
        assert (results.ballots, [question.values_given for question in results.questions]) == (1, [1, 0, 0, 0])


async def test_a_tap_after_closing_is_refused_with_a_sentence(own_world: World) -> None:
    person = await joined(own_world, "telegram", "ar")
    assert isinstance(person, TelegramPerson)
    message, before = person.user.last, await rows(own_world)
    await call(own_world, "POST", f"{CONSULTATIONS}/plan/close")
    await person.user.tap_on(message.message_id, message.buttons[0][0][1])
    await own_world.network.settled()
    assert person.heard == person.words("error.closed")
    assert (await rows(own_world))["answers"] == before["answers"] == ""


async def test_addresses_are_enciphered_and_words_are_kept_by_ballots_only(own_world: World) -> None:
    people = [await voted(own_world, channel, "fr", 3, (2, 1, 4)) for channel in PEOPLE]
    await people[0].say("je m'appelle Untel")
    await people[1].say("STOP")
    tables = await rows(own_world)
    assert tables["answers"].count("un puits au village") == len(people)
    del tables["answers"]
    everything = "\n".join(tables.values())
    assert "un puits au village" not in everything
    for person in people:
        for address in addresses(person):
            assert address not in everything
            assert address.encode().hex() not in everything
    for path in _files(own_world):
        raw = path.read_bytes()
        assert len(raw) > 4096
        assert [address for person in people for address in addresses(person) if address.encode() in raw] == []


def _files(world: World) -> list[Path]:
    """The files of an SQLite database, including its log; empty for PostgreSQL, whose files tests cannot read."""
    url = make_url(world.settings.database_url)
    if not url.drivername.startswith("sqlite"):
        return []
    return [
        path
        for path in Path(url.database or "").parent.glob(Path(url.database or "").name + "*")
        if path.stat().st_size
    ]


async def test_replies_are_blanked_once_handed_over(own_world: World) -> None:
    for channel in PEOPLE:
        await voted(own_world, channel, "zgh", 1, (1, 1, 1))
    seconds = own_world.settings.reply_kept
    async with own_world.db.transaction() as session:
        sealed = sqlalchemy.func.count(Delivery.sealed)
        assert await session.scalar(select(sealed)) == 16
        assert await outbox.blank_texts(session, now=own_world.now(), kept=seconds) == 0
        later = own_world.now() + timedelta(seconds=seconds + 1)
        assert await outbox.blank_texts(session, now=later, kept=seconds) == 16
        assert await session.scalar(select(sealed)) == 0
