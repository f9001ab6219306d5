"""Read the record: list acts with filters, export all rows, and find the first damaged row."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from api.audit import chain
from api.audit.models import ONLY, Act, RecordHead, first_contradicted
from api.db import Database
from api.pagination import Key, Order, PageRequest, PageRows

_ORDER = Order("acts", Key(Act.seq, down=True))
BATCH = 500  # rows in memory at once, and the most that one call reads


@dataclass(frozen=True, slots=True)
class Filters:
    """Conditions for acts to list; None means no condition. `kind` is a subject's first word, such as "resident"."""

    who: str | None = None
    act: str | None = None
    subject: str | None = None
    kind: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """Return these filters as SQL conditions."""
        found: list[ColumnElement[bool]] = []
        for column, value in ((Act.who, self.who), (Act.act, self.act), (Act.subject, self.subject)):
            if value is not None:
                found.append(column == value)
        if self.kind is not None:
            found.append((Act.subject == self.kind) | Act.subject.startswith(f"{self.kind} ", autoescape=True))
        if self.since is not None:
            found.append(Act.at >= self.since)
        if self.until is not None:
            found.append(Act.at < self.until)
        return found


@dataclass(frozen=True, slots=True)
class Position:
    """The number and hash of the last row that was verified."""

    seq: int = 0
    hash: str = chain.GENESIS


class Broken(Exception):
    """A row of the record is damaged: changed, missing or inserted. Callers turn this error into an alarm."""

    def __init__(self, seq: int) -> None:
        super().__init__(f"row {seq} of the record does not verify")
        self.seq = seq


async def listed(session: AsyncSession, page: PageRequest, filters: Filters) -> PageRows[Act]:
    """List acts that meet the filters, the newest first."""
    return await _ORDER.read(session, select(Act).where(*filters.conditions()), page)


def exported(act: Act, prev: str) -> dict[str, Any]:
    """Return a row of the record as it is exported. `prev` is the hash of the row before it."""
    return {
        "seq": act.seq, "at": chain.instant(act.at), "who": act.who, "via": act.via, "act": act.act,
        "subject": act.subject, "about": act.about, "old": act.old, "new": act.new, "reason": act.reason,
        "prev": prev, "hash": act.hash,
    }  # fmt: skip


async def export(db: Database) -> AsyncIterator[str]:
    """Yield every row of the record as a line of canonical JSON, the oldest first.

    The rows are read in batches, because the record may be long.
    """
    last, rows = Position(), await _after(db, 0)
    while rows:
        for act in rows:
            yield f"{chain.canonical(exported(act, last.hash)).decode()}\n"
            last = Position(act.seq, act.hash)
        rows = await _after(db, last.seq)


async def verify_new(session: AsyncSession, last: Position) -> Position:
    """Verify up to `BATCH` rows after a position; return the position of the last row verified. Raises Broken."""
    later = Act.seq > last.seq
    query = select(RecordHead.seq, RecordHead.hash, Act).outerjoin(Act, later).where(RecordHead.id == ONLY)
    rows = (await session.execute(query.order_by(Act.seq).limit(BATCH))).all()  # both are of one moment
    acts: list[Act | None] = [row[2] for row in rows]  # one None if there is nothing after the position
    for act in filter(None, acts):
        last = _next(act, last)
    # at the end of the record, the stored number and hash of the last act must match
    if len(rows) < BATCH and (not rows or (rows[0][0], rows[0][1]) != (last.seq, last.hash)):
        raise Broken(last.seq + 1)  # the last rows are missing, or the head was not updated
    return last


async def verify_all(db: Database) -> Position:
    """Verify the whole record, in several short transactions; return the position of its last row. Raises Broken.

    A row that a stored checkpoint contradicts is damaged too. Otherwise a rewritten history would be signed.
    """
    last = Position()
    while True:
        async with db.viewing() as session:
            verified = await verify_new(session, last)
            if verified.seq < last.seq + BATCH:
                if (damaged := await session.scalar(first_contradicted())) is not None:
                    raise Broken(damaged)
                return verified
        last = verified


async def mark(session: AsyncSession, broken: int | None, *, now: datetime) -> None:
    """Store the number of the damaged row for the overview. If `broken` is None, store that all rows are intact."""
    row = update(RecordHead).where(RecordHead.id == ONLY).execution_options(synchronize_session=False)
    if broken is None:
        await session.execute(row.where(RecordHead.broken_seq.is_not(None)).values(broken_seq=None, broken_at=None))
    else:
        changed = RecordHead.broken_seq.is_distinct_from(broken)
        await session.execute(row.where(changed).values(broken_seq=broken, broken_at=now))


async def marked(session: AsyncSession) -> tuple[int, datetime] | None:
    """If the last check found a damaged row, return the row's number and the time; otherwise None."""
    stored = select(RecordHead.broken_seq, RecordHead.broken_at).where(RecordHead.broken_seq.is_not(None))
    row = (await session.execute(stored)).first()
    return None if row is None or row[0] is None or row[1] is None else (row[0], row[1])


def _next(act: Act, last: Position) -> Position:
    """Return the position of the next row. Raises Broken if the row is damaged, or is not the next one."""
    row = exported(act, last.hash)
    stored = row.pop("hash")
    if act.seq != last.seq + 1 or stored != chain.row_hash(row):
        raise Broken(last.seq + 1)
    return Position(act.seq, stored)


async def _after(db: Database, seq: int) -> Sequence[Act]:
    following = select(Act).where(Act.seq > seq).order_by(Act.seq).limit(BATCH)
    async with db.viewing() as session:
        return (await session.scalars(following)).all()
