"""Make the record of staff acts a hash chain that triggers protect, with signed checkpoints. Chain existing acts."""

import hashlib
from datetime import UTC

import rfc8785
import sqlalchemy as sa
from alembic import op

from api.db import Json, Moment

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
OLD, NEW, PROTECTED = "acts_0060", "acts", ("acts", "checkpoints")
BATCH = 1000
REFUSAL = "the record of acts is never changed"
CONTROLS = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 127))


def upgrade() -> None:
    op.drop_index("ix_acts_subject", table_name=NEW)
    op.rename_table(NEW, OLD)
    if _postgresql():
        op.execute(f"ALTER TABLE {OLD} RENAME CONSTRAINT pk_acts TO pk_acts_0060")
    _create()
    head = _chain()
    op.drop_table(OLD)
    op.execute(sa.text("INSERT INTO record_heads (id, seq, hash) VALUES (1, :seq, :hash)").bindparams(**head))
    for table in PROTECTED:
        _protect(table)


def downgrade() -> None:
    for table in PROTECTED:
        _release(table)
    op.drop_table("checkpoints")
    op.drop_table("record_heads")
    for column in ("who", "at", "subject"):
        op.drop_index(f"ix_acts_{column}", table_name=NEW)
    op.rename_table(NEW, OLD)
    if _postgresql():
        op.execute(f"ALTER TABLE {OLD} RENAME CONSTRAINT pk_acts TO pk_acts_0060")
    op.create_table(
        NEW, sa.Column("id", ID, nullable=False), *_columns(), sa.PrimaryKeyConstraint("id", name="pk_acts")
    )
    names = "at, who, act, subject, about"
    op.execute(f"INSERT INTO {NEW} (id, {names}) SELECT seq, {names} FROM {OLD} ORDER BY seq")  # noqa: S608
    if _postgresql():
        op.execute("SELECT setval('acts_id_seq', (SELECT coalesce(max(id), 0) + 1 FROM acts), false)")
    op.drop_table(OLD)
    op.create_index("ix_acts_subject", NEW, ["subject"])


def _columns() -> list[sa.Column]:
    return [
        sa.Column("at", Moment(), nullable=False),
        sa.Column("who", sa.String(40), nullable=False),
        sa.Column("act", sa.String(24), nullable=False),
        sa.Column("subject", sa.String(40), nullable=False),
        sa.Column("about", sa.String(120), nullable=True),
    ]


def _create() -> None:
    op.create_table(
        NEW,
        sa.Column("seq", ID, nullable=False, autoincrement=False),
        *_columns(),
        sa.Column("via", sa.String(8), nullable=True),
        sa.Column("old", Json, nullable=True),
        sa.Column("new", Json, nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_acts"),
    )
    for column in ("subject", "who", "at"):
        op.create_index(f"ix_acts_{column}", NEW, [column])
    op.create_table(
        "record_heads",
        sa.Column("id", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("seq", ID, nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("broken_seq", ID, nullable=True),
        sa.Column("broken_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_record_heads"),
    )
    op.create_table(
        "checkpoints",
        sa.Column("seq", ID, nullable=False, autoincrement=False),
        sa.Column("head", sa.String(64), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("origin", sa.String(200), nullable=False),
        sa.Column("key", sa.String(44), nullable=False),
        sa.Column("signature", sa.String(88), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_checkpoints"),
    )


def _chain() -> dict[str, object]:
    """Copy existing acts in their order, numbered without gaps. Return the last act's number and hash."""
    connection, seq, last, number = op.get_bind(), 0, "0" * 64, -1
    old, new = _table(OLD, "id"), _table(NEW, "seq", "hash")
    while (
        rows := connection.execute(sa.select(old).where(old.c.id > number).order_by(old.c.id).limit(BATCH))
        .mappings()
        .all()
    ):
        written = []
        copied = seq
        for place, row in enumerate(rows, 1):
            seq = copied + place
            texts = {name: row[name] and row[name].translate(CONTROLS) for name in ("who", "act", "subject", "about")}
            last = _hash(row["at"], {**texts, "seq": seq, "prev": last})
            written.append({**texts, "at": row["at"], "seq": seq, "hash": last})
        connection.execute(sa.insert(new), written)
        number = rows[-1]["id"]
    return {"seq": seq, "hash": last}


def _table(name: str, *more: str) -> sa.TableClause:
    return sa.table(name, *map(sa.column, more), *(sa.column(each.name, each.type) for each in _columns()))


def _hash(at, fields: dict[str, object]) -> str:
    """Return the hash of an act, computed as in `api/audit/chain.py` of this release."""
    moment = at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds")
    row = {**dict.fromkeys(("via", "old", "new", "reason")), **fields, "at": f"{moment}Z"}
    return hashlib.sha256(b"\0" + rfc8785.dumps(row)).hexdigest()


def _postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _protect(table: str) -> None:
    """Add triggers that refuse to change or delete rows.

    If a later migration creates the table again on SQLite, it must create these triggers again, too.
    """
    if _postgresql():
        op.execute(
            f"CREATE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS"
            f" $$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$"
        )
        for what, each in (("UPDATE OR DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
            name = f"{table}_keep_{each.lower()}"
            op.execute(
                f"CREATE TRIGGER {name} BEFORE {what} ON {table} FOR EACH {each} EXECUTE FUNCTION {table}_refuse()"
            )
        return
    refuse = f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    for what in ("UPDATE", "DELETE"):
        op.execute(f"CREATE TRIGGER {table}_keep_{what.lower()} BEFORE {what} ON {table} {refuse}")
    # INSERT OR REPLACE deletes without the trigger above.
    taken = f"WHEN EXISTS (SELECT 1 FROM {table} WHERE seq = NEW.seq)"  # noqa: S608
    op.execute(f"CREATE TRIGGER {table}_keep_insert BEFORE INSERT ON {table} {taken} {refuse}")


def _release(table: str) -> None:
    if _postgresql():
        op.execute(f"DROP TRIGGER {table}_keep_row ON {table}")
        op.execute(f"DROP TRIGGER {table}_keep_statement ON {table}")
        op.execute(f"DROP FUNCTION {table}_refuse()")
        return
    for what in ("update", "delete", "insert"):
        op.execute(f"DROP TRIGGER {table}_keep_{what}")
