"""`make bench`: runs families of measurements; prints each as a table, and all as JSON.

`make bench FAMILY=launching` runs one of them, `FAMILY=idle=20000` with 20,000 rows. Machines are noisy: compare with
the floor of the same run.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.bench import answering, closing, delivering, idle, launching, waking, wire
from tests.databases import PostgresDatabases, SqliteDatabases, postgres

_PEOPLE = 1_000_000
_DELIVERED = 50_000
_BALLOTS = 50_000
_OVER_HTTP = 9_000  # below the rehearsal's magic numbers, which it refuses
TARGETS = (
    f"launching {_PEOPLE:,} under 300 MB; delivering at least {delivering.TARGET:,}/s a process;"
    f" over HTTP at least {wire.TARGET}/s a process; answering at least {answering.TARGET:.0%} of the floor;"
    f" an idle service at most {idle.TARGET:g} statement a second and {idle.TARGET:g} % of a core;"
    f" a queued message leaves within {waking.TARGET} ms"
)

Rows = list[dict[str, Any]]


def _launching(_sqlite: SqliteDatabases, postgresql: PostgresDatabases) -> Rows:
    return launching.measured(asyncio.run(postgresql.fresh()), _PEOPLE)


def _delivering(sqlite: SqliteDatabases, postgresql: PostgresDatabases) -> Rows:
    rows: Rows = []
    for name, databases in (("SQLite", sqlite), ("PostgreSQL", postgresql)):
        for at_once in delivering.AT_ONCE:
            rows.append(asyncio.run(delivering.measured(name, asyncio.run(databases.fresh()), _DELIVERED, at_once)))
    return rows


def _wire(_sqlite: SqliteDatabases, postgresql: PostgresDatabases) -> Rows:
    return asyncio.run(wire.measured(asyncio.run(postgresql.fresh()), _OVER_HTTP))


def _answering(sqlite: SqliteDatabases, postgresql: PostgresDatabases) -> Rows:
    return asyncio.run(answering.measured("SQLite", sqlite)) + asyncio.run(answering.measured("PostgreSQL", postgresql))


def _closing(sqlite: SqliteDatabases, postgresql: PostgresDatabases, ballots: int = _BALLOTS) -> Rows:
    rows = closing.measured("SQLite", asyncio.run(sqlite.fresh()), ballots)
    return rows + closing.measured("PostgreSQL", asyncio.run(postgresql.fresh()), ballots)


def _idle(sqlite: SqliteDatabases, postgresql: PostgresDatabases, rows: int = _PEOPLE) -> Rows:
    return [
        asyncio.run(idle.measured(name, asyncio.run(databases.fresh()), queued))
        for name, databases in (("SQLite", sqlite), ("PostgreSQL", postgresql))
        for queued in (0, rows)
    ]


def _waking(sqlite: SqliteDatabases, postgresql: PostgresDatabases) -> Rows:
    return asyncio.run(waking.measured("SQLite", sqlite)) + asyncio.run(waking.measured("PostgreSQL", postgresql))


def _reading(_: SqliteDatabases, __: PostgresDatabases) -> Rows:
    return answering.understood()


FAMILIES: dict[str, Callable[..., Rows]] = {
    "launching": _launching, "delivering": _delivering, "wire": _wire, "answering": _answering,
    "closing": _closing, "idle": _idle, "waking": _waking,
    "reading": _reading,
}  # fmt: skip


def show(rows: Rows) -> None:
    """Format one family as a table."""
    names = list(dict.fromkeys(name for row in rows for name in row if name != "family"))
    table = Table(*names, title=str(rows[0]["family"]), title_justify="left")
    for row in rows:
        table.add_row(*(str(row.get(name, "")) for name in names))
    Console(width=120).print(table)


def main(chosen: Sequence[str]) -> None:
    """Measure the named families, or all."""
    rows: Rows = []
    with tempfile.TemporaryDirectory() as folder, postgres(durable=True) as postgresql:
        vault = Path(folder) / "vault"  # for every measured process
        vault.mkdir(mode=0o700)
        os.environ["SAWT_VAULT"] = str(vault)
        for each in chosen or FAMILIES:
            name, _, count = each.partition("=")
            measured = FAMILIES[name](SqliteDatabases(Path(folder)), postgresql, *([int(count)] if count else []))
            show(measured)
            rows += measured
    Console(width=120).print(f"Targets: {TARGETS}.")
    sys.stdout.write(json.dumps(rows) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
