"""Find residents who were stored twice because providers wrote their number in different forms."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.db import Database
from api.errors import Invalid
from api.residents.linking import PHONES
from api.residents.models import Address
from api.residents.service import open_address
from api.residents.states import AddressState
from api.routing import phones
from api.security.crypto import Keyring

_BATCH = 1000  # addresses in memory at once
_SHOWN = 20  # duplicates listed one by one
GONE = AddressState.GONE

_SUMS = """
    SELECT sum(owners > 1), sum(owners - 1), sum(owners = 1)
    FROM (SELECT count(*) AS owners FROM owned GROUP BY blind)
"""
_GROUPS = """
    SELECT masked, group_concat(resident) FROM owned
    GROUP BY blind HAVING count(*) > 1 ORDER BY min(resident) LIMIT ?
"""


class Misformatted(NamedTuple):
    """A stored phone number that is not in E.164 (the international form). `number` is the same number in E.164."""

    id: int
    resident_id: int
    number: str
    settled: bool  # such addresses get no messages: nothing to do if their owner also has the E.164 number


class SharedNumber(NamedTuple):
    """One masked number and the ids of all residents who have it."""

    masked: str
    residents: tuple[int, ...]


@dataclass(slots=True)
class Survey:
    """The result of a search for duplicate residents."""

    numbers: int = 0  # numbers with several owners
    residents: int = 0  # superfluous residents
    rewritten: int = 0  # numbers with one owner, to be stored in E.164 form
    no_phones: int = 0  # addresses that are not phone numbers
    unreadable: int = 0  # addresses that cannot be decrypted
    shown: list[SharedNumber] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        """Whether nothing needs to be repaired."""
        return not (self.numbers or self.rewritten)


async def bad_forms(db: Database, *, keyring: Keyring, region: str, into: Survey) -> AsyncIterator[list[Misformatted]]:
    """Yield batches of misformatted phone numbers. Other addresses are only counted, in `into`."""
    after = 0
    while True:
        async with db.transaction() as session:
            rows = (await session.execute(_next(after))).all()
        if not rows:
            return
        after = rows[-1].id
        yield [each for row in rows if (each := _misformatted(row, keyring, region, into)) is not None]


async def survey(db: Database, *, keyring: Keyring, region: str) -> Survey:
    """Count what repairing the duplicates would change, without changing anything. Memory use stays constant."""
    result = Survey()
    with closing(_Owners()) as owners:
        async for batch in bad_forms(db, keyring=keyring, region=region, into=result):
            blinds = [keyring.blind_index(PHONES, each.number) for each in batch]
            async with db.transaction() as session:
                holders = await _holders(session, blinds)
            for blind, each in zip(blinds, batch, strict=True):
                holder = holders.get(blind)
                if not (each.settled and holder == each.resident_id):
                    owners.put(blind, each, holder)
        owners.count(result)
    return result


async def _holders(session: AsyncSession, blinds: list[bytes]) -> dict[bytes, int]:
    """Return the ids of the residents who have these numbers in E.164 form, by blind index."""
    columns = (Address.blind_index, Address.resident_id)
    rows = await session.execute(select(*columns).where(Address.channel == PHONES, Address.blind_index.in_(blinds)))
    return {row.blind_index: row.resident_id for row in rows}


class _Owners:
    """The owners of each number, in a temporary table on disk."""

    def __init__(self) -> None:
        self._db = sqlite3.connect("")
        self._db.execute("CREATE TABLE owned (blind BLOB, resident INTEGER, masked TEXT, UNIQUE (blind, resident))")

    def put(self, blind: bytes, address: Misformatted, holder: int | None) -> None:
        """Add the owner of a misformatted address, and the `holder` of its E.164 number, if any."""
        owners = {address.resident_id, address.resident_id if holder is None else holder}
        rows = [(blind, owner, phones.masked(address.number)) for owner in owners]
        self._db.executemany("INSERT OR IGNORE INTO owned VALUES (?, ?, ?)", rows)

    def count(self, into: Survey) -> None:
        """Count the numbers and owners in the table, and store the result in `into`."""
        sums = self._db.execute(_SUMS).fetchone()
        into.numbers, into.residents, into.rewritten = (value or 0 for value in sums)
        into.shown = [
            SharedNumber(masked, tuple(sorted(map(int, owners.split(",")))))
            for masked, owners in self._db.execute(_GROUPS, (_SHOWN,))
        ]

    def close(self) -> None:
        """Delete the temporary table."""
        self._db.close()


def _next(after: int) -> Select[Any]:
    columns: Any = select(Address.id, Address.resident_id, Address.sealed, Address.state)
    readable = (Address.channel == PHONES, Address.id > after, Address.sealed != b"")
    statement: Select[Any] = columns.where(*readable).order_by(Address.id).limit(_BATCH)
    return statement


def _misformatted(row: Any, keyring: Keyring, region: str, into: Survey) -> Misformatted | None:
    """Return a row's address if it is a phone number in the wrong form; otherwise None."""
    try:
        written = open_address(keyring, row.sealed)
        number = written if phones.is_surely_e164(written, region) else phones.of_address(written, region)
    except phones.NotAPhone:
        into.no_phones += 1
    except Invalid:  # the key that encrypted it was deleted
        into.unreadable += 1
    else:
        return None if number == written else Misformatted(row.id, row.resident_id, number, row.state == GONE)
    return None
