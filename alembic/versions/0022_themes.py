"""Use one list of themes for ideas, proposals, meetings and commitments. Until now, each plan had its own themes."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

# All themes as of this revision (api/region/data/themes.toml). Most of the plans' own themes were about the openness of
# the administration and about rights, so `ELSE` replaces them.
KNOWN = ("water", "roads", "schools", "health", "environment", "energy", "work", "culture", "rights")
ELSE = "rights"


def upgrade() -> None:
    op.drop_column("plans", "themes")
    rest = sa.text("UPDATE commitments SET theme = :rest WHERE theme NOT IN :known")
    op.execute(rest.bindparams(sa.bindparam("known", KNOWN, expanding=True), rest=ELSE))
    _unify_follows()
    _rewrite_audiences()


def _unify_follows() -> None:
    """Let followers of plans' own themes follow the theme `ELSE` instead."""
    follows = sa.table("follows", *map(sa.column, ("resident_id", "kind", "ref")))
    other = follows.alias()
    old = (follows.c.kind == "theme") & follows.c.ref.not_in(KNOWN)
    doubled = sa.exists().where(
        other.c.resident_id == follows.c.resident_id,
        other.c.kind == "theme",
        (other.c.ref == ELSE) | (other.c.ref.not_in(KNOWN) & (other.c.ref < follows.c.ref)),
    )
    op.execute(follows.delete().where(old, doubled))  # each person follows a theme only once
    op.execute(follows.update().where(old).values(ref=ELSE))


def _rewrite_audiences() -> None:
    """Replace plans' own themes in the audiences of campaigns and of their parts."""
    # in Python: conditions are nested, and the two databases query JSON differently
    campaigns = sa.table("campaigns", sa.column("id"), sa.column("audience", JSON), sa.column("parts", JSON))
    connection = op.get_bind()
    for row in connection.execute(sa.select(campaigns)).all():
        new = {"audience": _renamed(row.audience), "parts": _renamed(row.parts)}
        if new != {"audience": row.audience, "parts": row.parts}:
            values = {name: sa.null() if value is None else value for name, value in new.items()}
            connection.execute(campaigns.update().where(campaigns.c.id == row.id).values(values))


def _renamed(given: Any) -> Any:
    """Return an audience's conditions with plans' own themes replaced."""
    if isinstance(given, list):
        return [_renamed(each) for each in given]
    if not isinstance(given, dict):
        return given
    return {
        # no theme twice
        name: list(dict.fromkeys(map(_theme, value))) if name == "follows" and value else _renamed(value)
        for name, value in given.items()
    }


def _theme(wanted: str) -> str:
    kind, _, code = wanted.partition(":")
    return f"theme:{ELSE}" if kind == "theme" and code not in KNOWN else wanted


def downgrade() -> None:
    op.add_column("plans", sa.Column("themes", JSON, nullable=False, server_default="{}"))
