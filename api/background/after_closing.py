"""Clean up after a consultation closed, before its list of ballots is published.

The consultation's key is destroyed, and deleted rows are erased from the database files. A database keeps deleted data
in free pages, dead rows and write-ahead logs, and none of it may link a ballot to a person. Every step can be repeated:
after an interruption, work continues until the consultation's `cleaned_at` is set. Free-text answers are indexed
without receipts, so that they can be searched after publication.
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
from api.consultations.models import Answer, Ballot, Consultation, PartialAnswer, Participation, Superseded, UsedAddress
from api.consultations.service import awaits_cleaning
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

GRACE = timedelta(minutes=2)  # time to send replies that were waiting at the closing, before their key is destroyed
_KEPT = 86400.0  # seconds that texts are kept; those written before the closing are deleted in any case
_JOB = "scrubbing"
# Tables about ballots, voters or their progress, each with a column that is set in order to rewrite the table.
_REWRITTEN = (
    (Consultation, "code"), (Ballot, "receipt"), (Answer, "value"), (Superseded, "receipt"), (Participation, "state"),
    (PartialAnswer, "chosen"), (UsedAddress, "address_id"), (Conversation, "step"), (Delivery, "road"),
    (OwnWords, "text"),
)  # fmt: skip
# Bytes, including indexes. A larger table of deliveries is not rewritten: 600,000 rows lock it for about 5 seconds.
MOST_BYTES = 160 * 2**20


async def clean(db: Database, *, now: datetime) -> bool:
    """Clean up after every closing, as far as possible now; return whether all closed consultations are clean.

    Raises Unavailable if the database or the vault is busy or cannot be reached. The caller must try again later.
    """
    async with db.transaction() as session:
        closed = await _waiting(session)
        if closed and not await _erase(session, closed, now=now):
            return False
    while await _index_answers(db):
        pass
    if not closed:
        return True
    if not await _scrub(db):
        return False
    async with db.transaction() as session:
        done = update(Consultation).where(Consultation.id.in_([each.id for each in closed]))
        await session.execute(done.values(cleaned_at=now, key_name=None))
    return True


async def _index_answers(db: Database) -> int:
    """Prepare some free-text answers for search; return how many."""
    async with db.transaction() as session:
        return await answers.index_texts(session)


async def _waiting(session: AsyncSession) -> Sequence[Consultation]:
    query = select(Consultation).where(awaits_cleaning())
    return (await session.scalars(query.order_by(Consultation.id))).all()


async def _erase(session: AsyncSession, closed: Sequence[Consultation], *, now: datetime) -> bool:
    """Delete what closed consultations left about people; return whether all of it is gone."""
    numbers = [each.id for each in closed]
    newest = max(each.closed_at or now for each in closed)
    await outbox.blank_texts(session, now=now, kept=_KEPT, before=newest)
    if now < newest + GRACE and await outbox.replies_under_way(session, before=newest):
        return False
    if names := [each.key_name for each in closed if each.key_name is not None]:
        vault = await folders.ensure(session)
        for name in names:
            vault.destroy(name)
    await retention.delete_replies(session, before=now)
    await retention.level_timestamps(session, before=newest)
    await conversation_retention.empty(session, numbers)
    return not await conversation_retention.remain(session, numbers)


async def _scrub(db: Database) -> bool:
    """Erase deleted data from the database files. Return False if this must be tried again."""
    if db.engine.dialect.name == "sqlite":
        return await _checkpoint(db)
    for model, column in _REWRITTEN:
        if model is Delivery and await is_too_large(db):
            log.warning("closing.not_rewritten", table=Delivery.__tablename__)
        elif not await _rewrite(db, table_of(model).c[column]):
            return False
    async with db.reading() as connection:
        for statement in ("SELECT pg_switch_wal()", "CHECKPOINT"):
            with contextlib.suppress(DBAPIError):  # the database user may lack the privilege: see docs/receipts.md
                await connection.execute(text(statement))
    return True


async def is_too_large(db: Database) -> bool:
    """Return whether the PostgreSQL table of deliveries is too large to be rewritten at a closing."""
    async with db.reading() as connection:
        size = select(func.pg_total_relation_size(Delivery.__tablename__))
        return int((await connection.execute(size)).scalar_one()) > MOST_BYTES


async def _checkpoint(db: Database) -> bool:
    """Write SQLite's log into the database file. Return False if the database was busy."""
    async with db.reading() as connection:
        await connection.exec_driver_sql("PRAGMA busy_timeout=250")  # do not block the rest of this process for long
        try:
            busy = (await connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")).scalar_one()
        finally:
            await connection.exec_driver_sql(f"PRAGMA busy_timeout={sqlite_turns.BUSY_TIMEOUT}")
    return not busy


async def _rewrite(db: Database, column: Column[str]) -> bool:
    """Rewrite a PostgreSQL table without its dead rows. Return False if this must be tried again."""
    async with db.transaction() as session:
        await session.execute(text("SET LOCAL lock_timeout = '1s'"))  # all other users of the table wait meanwhile
        if not await alone(session, _JOB):
            return False
        name, kind = column.name, column.type.compile(db.engine.dialect)
        # VACUUM FULL would keep dead rows that another transaction might see, and each row's transaction id.
        # The value stays equal, but PostgreSQL cannot know this and rewrites the table.
        value = f"{name} || ''" if isinstance(column.type, String) else f"{name} + 0"
        same = f"ALTER TABLE {column.table.name} ALTER COLUMN {name} TYPE {kind} USING {value}"
        await session.execute(text(same))
    return True
