"""After a closing: destroy its key in the vault, then what the database still keeps below its rows; then publish it.

What people wrote in their own words is read in meanwhile, without the receipts in it, so that it can be searched once
it is published.

A database keeps what was deleted: in free pages, dead rows and write-ahead logs. None of it may tie a ballot to a
person. All steps can be repeated: whatever stops them, they are taken up again until the consultation is `cleaned_at`.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Column, String, func, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from api.answers import service as answers
from api.background.job import alone
from api.consultations.models import Answer, Ballot, Consultation, Half, Participation, Spent, Superseded
from api.consultations.service import CLOSED
from api.consultations.vault_keys import folders
from api.consultations.words.own_words import OwnWords
from api.conversations import retention as conversation_retention
from api.conversations.models import Conversation
from api.db import Database, table_of
from api.outbox import retention
from api.outbox import service as outbox
from api.outbox.models import Delivery
from api.runtime import sqlite_turns

log = structlog.get_logger(__name__)

GRACE = timedelta(minutes=2)  # for replies under way at closing; later ones can never be read again
_KEPT = 86400.0  # seconds; what was written before the closing is blanked in any case
_JOB = "scrubbing"
# Each table with rows of ballots, of who cast one or how far they came, and a column by which it is rewritten.
_REWRITTEN = (
    (Consultation, "code"), (Ballot, "receipt"), (Answer, "value"), (Superseded, "receipt"), (Participation, "state"),
    (Half, "chosen"), (Spent, "address_id"), (Conversation, "step"), (Delivery, "road"),
    (OwnWords, "text"),
)  # fmt: skip
# Bytes, with indexes, up to which deliveries are rewritten: 600,000 rows, some five seconds in which nobody is served.
LARGEST = 160 * 2**20


async def clean(db: Database, *, now: datetime) -> bool:
    """Take every closing as far as possible; returns whether all are clean, and published.

    Raises Unavailable if the database or the vault is away or busy: try again later.
    """
    async with db.transaction() as session:
        closed = await _waiting(session)
        if closed and not await _forgotten(session, closed, now=now):
            return False
    while await _read_in(db):
        pass
    if not closed:
        return True
    if not await _scrub(db):
        return False
    async with db.transaction() as session:
        done = update(Consultation).where(Consultation.id.in_([each.id for each in closed]))
        await session.execute(done.values(cleaned_at=now, key_name=None))
    return True


async def _read_in(db: Database) -> int:
    """Read in some of the texts that a closing left, in a transaction that holds up nobody; returns how many."""
    async with db.transaction() as session:
        return await answers.read_in(session)


async def _waiting(session: AsyncSession) -> Sequence[Consultation]:
    found = select(Consultation).where(Consultation.state == CLOSED, Consultation.cleaned_at.is_(None))
    return (await session.scalars(found.order_by(Consultation.id))).all()


async def _forgotten(session: AsyncSession, closed: Sequence[Consultation], *, now: datetime) -> bool:
    """Empty what rows still hold of them, and destroy their keys; returns whether nothing is left."""
    numbers = [each.id for each in closed]
    newest = max(each.closed_at or now for each in closed)
    await outbox.blank(session, now=now, kept=_KEPT, before=newest)
    if now < newest + GRACE and await outbox.replies_under_way(session, before=newest):
        return False
    if names := [each.key_name for each in closed if each.key_name is not None]:
        vault = await folders.ensure(session)
        for name in names:
            vault.destroy(name)
    await retention.replies(session, before=now)
    await retention.level(session, before=newest)
    await conversation_retention.empty(session, numbers)
    return not await conversation_retention.is_left(session, numbers)


async def _scrub(db: Database) -> bool:
    """Remove what the database keeps below its rows; returns False if others prevent it now."""
    if db.engine.dialect.name == "sqlite":
        return await _checkpoint(db)
    for model, column in _REWRITTEN:
        if model is Delivery and await is_too_large(db):
            log.warning("closing.left", table=Delivery.__tablename__)
        elif not await _rewrite(db, table_of(model).c[column]):
            return False
    async with db.reading() as connection:
        for statement in ("SELECT pg_switch_wal()", "CHECKPOINT"):
            with contextlib.suppress(DBAPIError):  # a role may lack the right: see docs/receipts.md
                await connection.execute(text(statement))
    return True


async def is_too_large(db: Database) -> bool:
    """Whether a PostgreSQL database holds more deliveries than a closing rewrites: see docs/receipts.md."""
    async with db.reading() as connection:
        size = select(func.pg_total_relation_size(Delivery.__tablename__))
        return int((await connection.execute(size)).scalar_one()) > LARGEST


async def _checkpoint(db: Database) -> bool:
    """Move SQLite's log into its file, which overwrites what was deleted there, and cut the log to nothing."""
    async with db.reading() as connection:
        await connection.exec_driver_sql("PRAGMA busy_timeout=250")  # nobody else of this process may wait for long
        try:
            busy = (await connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")).scalar_one()
        finally:
            await connection.exec_driver_sql(f"PRAGMA busy_timeout={sqlite_turns.BUSY_TIMEOUT}")
    return not busy


async def _rewrite(db: Database, column: Column[str]) -> bool:
    """Write a PostgreSQL table into new files, only what is visible now, by one transaction.

    VACUUM FULL would keep dead rows as long as any other transaction might see them, and by whom each row was written.
    """
    async with db.transaction() as session:
        await session.execute(text("SET LOCAL lock_timeout = '1s'"))  # everybody else waits behind us
        if not await alone(session, _JOB):
            return False
        name, kind = column.name, column.type.compile(db.engine.dialect)
        value = f"{name} || ''" if isinstance(column.type, String) else f"{name} + 0"  # the same, but not to PostgreSQL
        same = f"ALTER TABLE {column.table.name} ALTER COLUMN {name} TYPE {kind} USING {value}"
        await session.execute(text(same))
    return True
