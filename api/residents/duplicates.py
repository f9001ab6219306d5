"""People whom we know several times, because their number was stored as each provider wrote it: found, and made one."""

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
from api.routing import phones
from api.security.crypto import Keyring

_BATCH = 1000  # addresses in memory at once
_SHOWN = 20  # groups that are listed one by one
GONE = "gone"  # the state of an address to which nothing is sent

_SUMS = """
    SELECT sum(owners > 1), sum(owners - 1), sum(owners = 1)
    FROM (SELECT count(*) AS owners FROM aside GROUP BY blind)
"""
_GROUPS = """
    SELECT masked, group_concat(resident) FROM aside
    GROUP BY blind HAVING count(*) > 1 ORDER BY min(resident) LIMIT ?
"""


class Odd(NamedTuple):
    """An address that is not stored in its one form, and the number it stands for."""

    id: int
    resident_id: int
    number: str
    settled: bool  # nothing goes there any more: it is done with, if its owner has the number too


class Double(NamedTuple):
    """One number, masked, and the residents who all have it."""

    masked: str
    residents: tuple[int, ...]


@dataclass(slots=True)
class Survey:
    """What was found. `residents` are those too many; `rewritten` counts numbers that only need their one form."""

    numbers: int = 0
    residents: int = 0
    rewritten: int = 0
    no_phones: int = 0
    unreadable: int = 0
    shown: list[Double] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        """Whether there is nothing to do."""
        return not (self.numbers or self.rewritten)


async def odd_ones(db: Database, *, keyring: Keyring, region: str, into: Survey) -> AsyncIterator[list[Odd]]:
    """All addresses that are not in their one form, a batch at a time; what is no number is counted in `into`."""
    after = 0
    while True:
        async with db.transaction() as session:
            rows = (await session.execute(_next(after))).all()
        if not rows:
            return
        after = rows[-1].id
        yield [each for row in rows if (each := _odd(row, keyring, region, into)) is not None]


async def survey(db: Database, *, keyring: Keyring, region: str) -> Survey:
    """What `mending.mend` would do. Reads only; memory stays flat, as what must be compared is put aside in a file."""
    found = Survey()
    with closing(_Aside()) as aside:
        async for batch in odd_ones(db, keyring=keyring, region=region, into=found):
            blinds = [keyring.blind_index(PHONES, each.number) for each in batch]
            async with db.transaction() as session:
                holders = await _holders(session, blinds)
            for blind, each in zip(blinds, batch, strict=True):
                holder = holders.get(blind)
                if not (each.settled and holder == each.resident_id):
                    aside.put(blind, each, holder)
        aside.count(found)
    return found


async def _holders(session: AsyncSession, blinds: list[bytes]) -> dict[bytes, int]:
    """Who has these numbers already, in their one form."""
    columns = (Address.blind_index, Address.resident_id)
    rows = await session.execute(select(*columns).where(Address.channel == PHONES, Address.blind_index.in_(blinds)))
    return {row.blind_index: row.resident_id for row in rows}


class _Aside:
    """A private table on disk, deleted when it is closed: numbers by their keyed hash, and who has them."""

    def __init__(self) -> None:
        self._db = sqlite3.connect("")
        self._db.execute("CREATE TABLE aside (blind BLOB, resident INTEGER, masked TEXT, UNIQUE (blind, resident))")

    def put(self, blind: bytes, odd: Odd, holder: int | None) -> None:
        """Note that one resident has a number in another form, and `holder` in its one form, if anybody has."""
        owners = {odd.resident_id, odd.resident_id if holder is None else holder}
        rows = [(blind, owner, phones.masked(odd.number)) for owner in owners]
        self._db.executemany("INSERT OR IGNORE INTO aside VALUES (?, ?, ?)", rows)

    def count(self, into: Survey) -> None:
        """Count the numbers with several owners, the owners too many, and the numbers with one owner."""
        sums = self._db.execute(_SUMS).fetchone()
        into.numbers, into.residents, into.rewritten = (value or 0 for value in sums)
        into.shown = [
            Double(masked, tuple(sorted(map(int, owners.split(",")))))
            for masked, owners in self._db.execute(_GROUPS, (_SHOWN,))
        ]

    def close(self) -> None:
        """Delete it."""
        self._db.close()


def _next(after: int) -> Select[Any]:
    theirs = (Address.channel == PHONES, Address.id > after, Address.sealed != b"")
    found: Any = select(Address.id, Address.resident_id, Address.sealed, Address.state)
    wanted: Select[Any] = found.where(*theirs).order_by(Address.id).limit(_BATCH)
    return wanted


def _odd(row: Any, keyring: Keyring, region: str, into: Survey) -> Odd | None:
    """The address of a row, if it is not in its one form."""
    try:
        written = open_address(keyring, row.sealed)
        number = written if phones.is_surely_e164(written, region) else phones.of_address(written, region)
    except phones.NotAPhone:
        into.no_phones += 1
    except Invalid:  # its key is gone
        into.unreadable += 1
    else:
        return None if number == written else Odd(row.id, row.resident_id, number, row.state == GONE)
    return None
