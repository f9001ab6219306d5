"""What `sawt doctor` says of what a closing cannot remove below the rows of a PostgreSQL database, and why."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import RowMapping, text

from api.background import after_closing
from api.db import Database
from sawt.doctor.finding import Finding

_LOG, _ROWS, _TO = "PostgreSQL's log", "PostgreSQL's tables", "TO the service's role"
# A role that only owns `pg_checkpoint` may take it (since 15); without that role there is none but a superuser.
_ASKED = text("""
    SELECT current_setting('archive_mode') AS archived, current_setting('wal_recycle') AS recycled,
        current_setting('wal_keep_size') AS kept, (SELECT count(*) FROM pg_replication_slots) AS slots,
        (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) OR EXISTS (
            SELECT FROM pg_roles WHERE rolname = 'pg_checkpoint' AND pg_has_role(oid, 'USAGE')) AS checkpoint,
        has_function_privilege('pg_switch_wal()', 'EXECUTE') AS switch,
        has_database_privilege(current_database(), 'TEMPORARY') AS aside,
        NOT EXISTS (SELECT FROM pg_class WHERE relname IN ('ballots', 'answers', 'deliveries')
            AND relnamespace = current_schema()::regnamespace AND NOT pg_has_role(relowner, 'USAGE')) AS owned
""")


async def look_below(db: Database) -> list[Finding]:
    """Look at a database; nothing is said of SQLite, where a closing removes all by itself."""
    if db.engine.dialect.name != "postgresql":
        return []
    async with db.reading() as connection:
        found = (await connection.execute(_ASKED)).mappings().one()
    log, rows = list(_log(found)), list(_rows(found, large=await after_closing.is_too_large(db)))
    return [*(log or [Finding(_LOG, True, "old segments are removed")]), *rows]


def _log(found: RowMapping) -> Iterator[Finding]:
    """What a write-ahead log keeps after a closing: who wrote a ballot, in the order of their messages."""
    if found["archived"] != "off":
        yield Finding(_LOG, None, "it is archived: destroy what is older than a closing, see docs/receipts.md")
    if found["slots"]:
        yield Finding(_LOG, None, "a replication slot holds it: a standby is a copy too, see docs/receipts.md")
    if found["recycled"] == "on":
        yield Finding(_LOG, None, "old segments are kept and written over later: set wal_recycle = off")
    if found["kept"] != "0":
        yield Finding(_LOG, None, "old segments are kept for standbys: set wal_keep_size = 0")
    if not found["checkpoint"]:
        yield Finding(_LOG, None, f"a closing cannot empty it: GRANT pg_checkpoint {_TO} (PostgreSQL 15 or newer)")
    if not found["switch"]:
        yield Finding(_LOG, None, f"a closing cannot empty it: GRANT EXECUTE ON FUNCTION pg_switch_wal() {_TO}")


def _rows(found: RowMapping, *, large: bool) -> Iterator[Finding]:
    if not found["aside"]:
        yield Finding(_ROWS, False, f"no vote can be closed: GRANT TEMPORARY ON DATABASE … {_TO}")
    if not found["owned"]:
        yield Finding(_ROWS, False, "no closed vote can be published: the service's role must own its tables")
    if large:
        words = "too many deliveries to be rewritten at a closing: see docs/receipts.md"
        yield Finding(_ROWS, None, words)
