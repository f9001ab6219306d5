"""`sawt doctor` on traces of ballots that stay in PostgreSQL's files after a consultation is closed."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import RowMapping, text

from api.background import after_closing
from api.db import Database
from sawt.doctor.finding import Finding

_LOG, _ROWS, _TO = "PostgreSQL's log", "PostgreSQL's tables", "TO the service's role"
# CHECKPOINT needs membership in `pg_checkpoint` (PostgreSQL 15 and later), or a superuser.
_QUERY = text("""
    SELECT current_setting('archive_mode') AS archived, current_setting('wal_recycle') AS recycled,
        current_setting('wal_keep_size') AS kept, (SELECT count(*) FROM pg_replication_slots) AS slots,
        (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) OR EXISTS (
            SELECT FROM pg_roles WHERE rolname = 'pg_checkpoint' AND pg_has_role(oid, 'USAGE')) AS checkpoint,
        has_function_privilege('pg_switch_wal()', 'EXECUTE') AS switch,
        has_database_privilege(current_database(), 'TEMPORARY') AS aside,
        NOT EXISTS (SELECT FROM pg_class WHERE relname IN ('ballots', 'answers', 'deliveries')
            AND relnamespace = current_schema()::regnamespace AND NOT pg_has_role(relowner, 'USAGE')) AS owned
""")


async def check_traces(db: Database) -> list[Finding]:
    """Return findings about traces in a PostgreSQL database; return none for SQLite.

    In SQLite, closing a consultation removes all traces.
    """
    if db.engine.dialect.name != "postgresql":
        return []
    async with db.reading() as connection:
        row = (await connection.execute(_QUERY)).mappings().one()
    log, rows = list(_log(row)), list(_rows(row, large=await after_closing.is_too_large(db)))
    return [*(log or [Finding(_LOG, True, "old segments are removed")]), *rows]


def _log(row: RowMapping) -> Iterator[Finding]:
    """Yield each reason why PostgreSQL's write-ahead log may keep ballots of closed consultations."""
    # the log has the ballots in the order in which they were cast, which could reveal the voters
    if row["archived"] != "off":
        yield Finding(
            _LOG, None, "the log is archived: destroy segments written before a closing, see docs/receipts.md"
        )
    if row["slots"]:
        yield Finding(
            _LOG, None, "a replication slot keeps the log; a standby server is a copy too, see docs/receipts.md"
        )
    if row["recycled"] == "on":
        yield Finding(_LOG, None, "old segments are kept for reuse: set wal_recycle = off")
    if row["kept"] != "0":
        yield Finding(_LOG, None, "old segments are kept for standbys: set wal_keep_size = 0")
    if not row["checkpoint"]:
        yield Finding(
            _LOG, None, f"closing a vote cannot empty the log: GRANT pg_checkpoint {_TO} (PostgreSQL 15 or newer)"
        )
    if not row["switch"]:
        yield Finding(
            _LOG, None, f"closing a vote cannot empty the log: GRANT EXECUTE ON FUNCTION pg_switch_wal() {_TO}"
        )


def _rows(row: RowMapping, *, large: bool) -> Iterator[Finding]:
    if not row["aside"]:
        yield Finding(_ROWS, False, f"votes cannot be closed: GRANT TEMPORARY ON DATABASE … {_TO}")
    if not row["owned"]:
        yield Finding(_ROWS, False, "lists of closed votes cannot be published: the service's role must own the tables")
    if large:
        words = "the table of deliveries is too large to be rewritten when a vote closes: see docs/receipts.md"
        yield Finding(_ROWS, None, words)
