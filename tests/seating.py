"""Inserts residents who are about to name their province as rows; tests of joining go through the steps before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select

from api.conversations.models import Conversation
from api.db import Base
from api.residents import service as residents
from api.residents.models import Consent, Resident
from tests import caretaker
from tests.databases import SqliteDatabases
from tests.direct import PROVIDERS, DirectPerson
from tests.world import KEYRING, World, quiet

FIRST = {"ar": 1, "fr": 2, "zgh": 3}  # where the first message offers each language
_INBOUND = 6  # the index of the message's number in a line of the trail: see api/conversations/trail_prompt.py

_models: dict[tuple[str, str], _Model] = {}


@dataclass(frozen=True)
class _Model:
    """The rows of a resident who joined by messages, without ids."""

    resident: Mapping[str, Any]
    conversation: Mapping[str, Any]
    consent: Mapping[str, Any]


async def seat(world: World, channel: str, address: str, language: str) -> None:
    """Insert the resident with this address, as after choosing a language and consenting."""
    model = _models.get((channel, language)) or await _model(channel, language)
    now = world.now()
    async with world.db.transaction() as session:
        resident, reached = await residents.create(
            session, keyring=KEYRING, channel=channel, road=PROVIDERS[channel], address=address, now=now
        )
        for name, value in _dated(model.resident, now).items():
            setattr(resident, name, value)
        await session.execute(insert(Conversation), {**_dated(model.conversation, now), "address_id": reached.id})
        await session.execute(insert(Consent), {**_dated(model.consent, now), "resident_id": resident.id})


async def _model(channel: str, language: str) -> _Model:
    """Let somebody join by messages, once per process, in a separate world."""
    with caretaker.run() as folder:
        databases = SqliteDatabases(folder)
        url = await databases.fresh()
        async with quiet(url) as world:
            person = DirectPerson.new(world, channel)
            await person.say("hello")
            await person.say(str(FIRST[language]))
            await person.say("1")
            async with world.db.transaction() as session:
                rows = [_values(await session.scalar(select(table))) for table in (Resident, Conversation, Consent)]
            # Their last message has another number here; otherwise an equal answer would count as a repetition.
            rows[1]["trail"] = [[*each[:_INBOUND], 0, *each[_INBOUND + 1 :]] for each in rows[1]["trail"]]
        await databases.drop(url)
    _models[channel, language] = _Model(*rows)
    return _models[channel, language]


def _values(row: Base) -> dict[str, Any]:
    own = {"id", "address_id", "resident_id"}
    return {each.key: getattr(row, each.key) for each in row.__table__.columns if each.key not in own}


def _dated(values: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    return {name: now if isinstance(value, datetime) else value for name, value in values.items()}
