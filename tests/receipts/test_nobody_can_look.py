"""After closing, no query ties a ballot to a person: not by a value, a time, or the order of rows."""

from __future__ import annotations

import random
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import Table, select, text

from api.consultations.models import Answer, Ballot, Consultation, Superseded
from api.consultations.vault_keys.secrecy import secret_of
from api.db import Base
from api.outbox import payload
from api.outbox.models import Delivery
from api.residents import references as naming
from api.residents.models import Merge
from api.security.crypto import voter_token
from tests.ballots import KEYRING, resident_of
from tests.linking.acts import address_of, shown_code, vote_to_the_end
from tests.people import Person, joined
from tests.world import World

SECRET_SIDE = ("ballots", "answers", "superseded")
# Columns about questions and answers: none has a fact about a person, however coarse.
ASKED = {"complete", "cast_on", "consultation_id", "question_id", "rank", "value", "why"}
COARSE = ("channel", "language", "province", "assisted", "numbered")


def side(table: Table) -> str | None:
    """Whether a table has ballots, leads to a person (over any number of keys), or neither."""
    if table.name in SECRET_SIDE:
        return "ballot"
    return "person" if table.name in _leading_to_people() else None


def _leading_to_people() -> set[str]:
    tables = {"residents", "merges"} | {table.name for table, _ in naming.resident_columns()}
    while True:
        more = {
            table.name
            for table in Base.metadata.sorted_tables
            if any(key.column.table.name in tables for key in table.foreign_keys)
        } | tables
        if more == tables:
            # Incoming messages, to which a person's rows lead, may reveal a time too.
            return tables | {"inbound"}
        tables = more


async def crowd(world: World) -> list[Person]:
    """People who vote on both channels, in a random order; two of them turn out to be one."""
    people = []
    for number in range(8):
        person = await joined(world, "telegram" if number % 2 else "sms", "fr")
        await vote_to_the_end(person, number % 3 + 1)
        people.append(person)
    await people[0].say("LIER")
    await people[1].say(f"LIER {shown_code(people[0])}")
    await people[0].say("oui")
    random.Random(7).shuffle(people)
    for person in people[:4]:  # some change their votes later
        await person.say("changer")
        await person.pick(1)
    return people


@pytest.fixture
async def closed(own_world: World) -> tuple[World, bytes, list[Person]]:
    """A world whose consultation closed on a later day, its former secret, and its voters."""
    people = await crowd(own_world)
    own_world.now.advance(days=2)
    async with own_world.db.transaction() as session:
        secret = secret_of(session, (await session.scalars(select(Consultation))).one())
    await own_world.close("plan")
    return own_world, secret, people


async def values(world: World) -> dict[str, dict[str, set[Any]]]:
    """Every value of every column of every table on either side."""
    by_side: dict[str, dict[str, set[Any]]] = {"ballot": {}, "person": {}}
    async with world.db.transaction() as session:
        for table in Base.metadata.sorted_tables:
            table_side = side(table)
            if table_side is None:
                continue
            for column in table.columns:
                distinct = {_plain(value) for value in await session.scalars(select(column))}
                by_side[table_side][f"{table.name}.{column.name}"] = distinct - {None, "", False, True}
    return by_side


def _plain(value: Any) -> Any:
    return repr(value) if isinstance(value, list | dict) else value


async def test_no_value_is_on_both_sides_but_answers(closed: tuple[World, bytes, list[Person]]) -> None:
    world, _, _ = closed
    by_side = await values(world)
    assert by_side["ballot"]["ballots.receipt"]
    for name, secret in by_side["ballot"].items():
        if name.rpartition(".")[2] in ASKED:
            continue
        for other, personal in by_side["person"].items():
            small = {value for value in secret & personal if not (isinstance(value, int) and value < 1000)}
            assert not small, (name, other)


async def test_no_coarse_fact_is_left_at_a_ballot(closed: tuple[World, bytes, list[Person]]) -> None:
    """Few people share a province, a language and a channel: 7 of 47 were alone."""
    world, _, _ = closed
    async with world.db.transaction() as session:
        for name in COARSE:
            assert set(await session.scalars(select(getattr(Ballot, name)))) == {None}, name


async def test_no_moment_is_left_with_a_ballot_but_the_day_of_closing(
    closed: tuple[World, bytes, list[Person]],
) -> None:
    world, _, _ = closed
    by_side = await values(world)
    moments = {name for name, cells in by_side["ballot"].items() if any(isinstance(value, datetime) for value in cells)}
    assert moments == set()
    assert by_side["ballot"]["ballots.cast_on"] == {world.now().date()}


async def test_the_secret_that_was_finds_no_ballot(closed: tuple[World, bytes, list[Person]]) -> None:
    """A copy of the secret is of no use with this database: see the operators' note on backups."""
    world, secret, people = closed
    old_tokens = set()
    for person in people:
        resident = await resident_of(world, *address_of(person))
        assert resident is not None
        old_tokens.add(voter_token(secret, resident.id))
    async with world.db.transaction() as session:
        assert not old_tokens & set(await session.scalars(select(Ballot.voter)))
        assert await session.scalar(text("SELECT secret FROM consultations")) is None
        assert set(await session.scalars(select(Superseded.voter))) == {None}


async def test_no_text_that_is_kept_for_a_while_names_a_receipt(closed: tuple[World, bytes, list[Person]]) -> None:
    """The thanks that name a receipt belong to a person; with the keys they can be read while they are stored."""
    world, _, _ = closed
    async with world.db.transaction() as session:
        receipts = set(await session.scalars(select(Ballot.receipt)))
        deliveries = (await session.scalars(select(Delivery.sealed).where(Delivery.sealed.is_not(None)))).all()
        merges = (await session.scalars(select(Merge.sealed))).all()
    texts = [payload.unseal(KEYRING, sealed).text for sealed in deliveries if sealed is not None]
    texts += [KEYRING.decipher(sealed, purpose="merge") for sealed in merges if sealed is not None]
    assert texts
    assert [receipt for receipt in receipts if any(receipt in each for each in texts)] == []


async def test_the_order_of_rows_is_that_of_receipts(closed: tuple[World, bytes, list[Person]]) -> None:
    """The physical order: SQLite numbers rows as they are written; PostgreSQL stores their place and transaction."""
    world, _, _ = closed
    async with world.db.transaction() as session:
        postgres = session.get_bind().dialect.name == "postgresql"
        place = "ctid" if postgres else "rowid"
        receipts = (await session.scalars(text(f"SELECT receipt FROM ballots ORDER BY {place}"))).all()
        ordered = (
            await session.scalars(
                text(f"SELECT b.receipt FROM answers a JOIN ballots b ON b.id = a.ballot_id ORDER BY a.{place}")
            )
        ).all()
        if postgres:
            for table in ("ballots", "answers", "superseded", "participations"):  # one transaction wrote all rows
                writers = (await session.scalars(text(f"SELECT DISTINCT xmin::text FROM {table}"))).all()
                assert len(writers) == 1, table
    assert len(receipts) == 7
    assert list(receipts) == sorted(receipts)
    assert list(ordered) == sorted(ordered)


def test_no_key_leads_from_one_side_to_the_other() -> None:
    for table in Base.metadata.sorted_tables:
        for key in table.foreign_keys:
            assert {side(table), side(key.column.table)} != {"ballot", "person"}, table.name


def test_ballots_have_no_column_that_this_proof_does_not_know() -> None:
    known = {
        "ballots": {
            "id", "consultation_id", "voter", "receipt", "channel", "language", "province", "complete", "cast_on",
            "changed_at", "assisted", "agent", "numbered",
        },
        "answers": {"ballot_id", "question_id", "rank", "value"},
        "superseded": {"consultation_id", "receipt", "why", "voter", "sealed", "kept_until"},
    }  # fmt: skip
    for table in (Ballot.__table__, Answer.__table__, Superseded.__table__):
        assert set(table.c.keys()) == known[table.name]
