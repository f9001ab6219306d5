"""Selects from the test matrix: which databases a test runs on, and which languages on which channels."""

from __future__ import annotations

from pathlib import Path

import pytest

TESTS = Path(__file__).parent
SQLITE, POSTGRESQL = "sqlite", "postgresql"

# Tests for which the database matters: locks, races, crashes, counting, and SQL that differs between databases.
# `make test` runs these on PostgreSQL, all others on SQLite; `make test-all` runs everything on both.
_ON_POSTGRESQL = (
    "api/test_lists.py",
    "campaigns/test_audience.py",
    "campaigns/test_exclusions.py",
    "campaigns/test_progress.py",
    "campaigns/test_recipients.py",
    "faults/",
    "journeys/test_at_once.py",
    "journeys/test_closing_at_once.py",
    "journeys/test_invite.py",
    "journeys/test_one_after_another.py",
    "linking/",
    "meetings/test_killed.py",
    "meetings/test_seats.py",
    "outbox/",
    "receipts/",
    "record/test_at_once.py",
    "results/",
    "stuffing/",
)
_ON_BOTH = (
    "accounts/test_at_once.py",
    "answers/test_upgrade.py",
    "api/test_once.py",
    "desk/test_upgrade.py",
    "meetings/test_upgrade.py",
    "record/test_upgrade.py",
    "record/test_writing.py",
    "test_closing_the_database.py",
    "test_database_away.py",
    "test_migrating_rows.py",
    "test_migrations.py",
    "test_walltime",
    "vault/test_closing.py",
    "vault/test_raw_bytes.py",
    "vault/test_replies.py",
    "vault/test_upgrade.py",
)
# Modules for one database only. Only PostgreSQL has roles and rights, and a clock of its own, which disagrees with the
# clock of the tests.
_ONLY_ON = {"vault/test_checks.py": POSTGRESQL, "schedule/test_clocks.py": SQLITE}
_MAIN_JOURNEY = "journeys/test_main_job.py"
_WITH_PROCESSES = (
    "bot/",
    "browser/",
    "faults/",
    "kannel/",
    "proxy/",
    "prism/",
    "rehearsal/",
    "staff/test_start",
    "test_caretaker.py",
    "test_logs.py",
)


def add_options(parser: pytest.Parser) -> None:
    """Add the command line's options."""
    group = parser.getgroup("sawt")
    choices = ("usual", SQLITE, POSTGRESQL, "both")
    group.addoption("--database", choices=choices, default="usual", help="databases for tests that need one")
    group.addoption("--quick", action="store_true", help="tests without a database, and the main journey")
    group.addoption("--whole", action="store_true", help="every language on every channel, on both databases")


def databases_of(config: pytest.Config, module: str) -> tuple[str, ...]:
    """The databases to run a test module on; `module` is its path below tests/."""
    if module in _ONLY_ON:
        return (_ONLY_ON[module],)
    chosen = "both" if config.getoption("--whole") else config.getoption("--database")
    if config.getoption("--quick"):
        return (SQLITE,)
    if chosen == "both" or (chosen == "usual" and module.startswith(_ON_BOTH)):
        return (SQLITE, POSTGRESQL)
    if chosen == "usual":
        return (POSTGRESQL,) if module.startswith(_ON_POSTGRESQL) else (SQLITE,)
    return (chosen,)


def is_of_interest(item: pytest.Item) -> bool:
    """Whether this run includes an item: a quick run skips many, and few runs have each case on each channel."""
    config = item.config
    if config.getoption("--quick") and not _is_quick(item):
        return False
    if not config.getoption("--whole") and any(item.iter_markers("whole")):
        return False
    return bool(config.getoption("--whole")) or _has_its_channel(item)


def _has_its_channel(item: pytest.Item) -> bool:
    """Whether a case runs on this channel: each case runs on one of the two, and the next case on the other.

    A test without further cases runs on both.
    """
    indices = item.callspec.indices if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
    cases = [index for name, index in indices.items() if name not in ("databases", "channel")]
    if "channel" not in indices or not cases:
        return True
    return (indices["channel"] + sum(cases) + len(item.originalname)) % 2 == 0


def _is_quick(item: pytest.Item) -> bool:
    module = item.path.relative_to(TESTS).as_posix()
    if module == _MAIN_JOURNEY:
        return True
    needs_database = isinstance(item, pytest.Function) and "databases" in item.fixturenames
    is_long = any(item.iter_markers("long"))
    return not needs_database and not is_long and not module.startswith(_WITH_PROCESSES)
