"""The layout: at most 15 modules in a folder, no abandoned module names, routes that need no order."""

from __future__ import annotations

import ast
import re
from itertools import combinations, product
from pathlib import Path

import pytest
from fastapi.routing import APIRoute

from api import app
from api.console import routes as console
from api.public import routes as public

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("api", "bot", "sms", "rehearsal", "sawt")
MODULES = sorted(path for name in PACKAGES for path in (ROOT / name).rglob("*.py"))
BUDGET = 15
ABANDONED = {  # names of modules, and the standard terms that replaced them
    "adopt": "reassign_orphans",
    "announcing": "announcements",
    "asides": "confirmations, remarks",
    "asked": "schemas",
    "asking": "prompts, unsure",
    "changing": "editing",
    "circuit": "circuit_breaker",
    "clockwork": "schedule",
    "doubles": "duplicates",
    "erasing": "erasure",
    "findings": "finding",
    "forgetting": "retention, provider_deletion",
    "fuse": "failure_breaker",
    "gates": "send_windows",
    "given": "cli_input, assigned_words",
    "ground": "preconditions, ground_checks",
    "hearing": "wakeup_transport",
    "heeding": "provider_faults",
    "holdings": "resident_record",
    "joining": "merge",
    "kit": "context",
    "life": "transitions",
    "lifetime": "lifecycle",
    "looking": "next_due, anomalies",
    "loop": "deliverer",
    "marks": "option_values",
    "means": "context",
    "merging": "merge",
    "mine": "my_data",
    "moves": "transitions",
    "named": "lookup",
    "news": "updates",
    "notices": "notifications",
    "offers": "expectations",
    "pace": "slots, timeline, chat_rate",
    "patience": "flood_guard",
    "pipe": "pipeline",
    "publishing": "receipt_list",
    "purses": "budgets",
    "recording": "write",
    "rewriting": "anonymise",
    "sealing": "payload",
    "shown": "presentation, cli_format",
    "sittings": "vote_session",
    "small": "suppression",
    "standing": "status",
    "sweep": "loops",
    "tallies": "counters",
    "taps": "buttons",
    "telling": "notifications, description",
    "ticking": "scheduler",
    "tidying": "cleanup",
    "told": "notifications",
    "trials": "test_messages",
    "upserts": "statements",
    "viewing": "db_readonly",
    "walltime": "wall_time",
    "watch": "supervisor",
    "whose": "ownership",
}
FAKES = ROOT / "rehearsal"  # uses the terms of the Bot API and Twilio


def test_a_folder_holds_few_modules() -> None:
    counts: dict[Path, int] = {}
    for path in MODULES:
        counts[path.parent] = counts.get(path.parent, 0) + (path.name != "__init__.py")
    assert {str(folder): count for folder, count in counts.items() if count > BUDGET} == {}


def test_every_folder_says_what_it_is_for() -> None:
    folders = {path.parent for path in MODULES}
    assert [str(each) for each in folders if not (each / "__init__.py").exists()] == []


def test_names_that_were_given_up_stay_away() -> None:
    ours = [path for path in MODULES if FAKES not in path.parents]
    assert [str(path) for path in ours if path.stem in ABANDONED or path.parent.name in ABANDONED] == []


def test_texts_name_files_that_are_there() -> None:
    """Files in backquotes exist, named by their path or the end of it."""
    files = [path.relative_to(ROOT).as_posix() for name in (*PACKAGES, "tests") for path in (ROOT / name).rglob("*.py")]
    ends = {"/".join(each.split("/")[cut:]) for each in files for cut in range(each.count("/") + 1)}
    for path in [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *MODULES]:
        named = re.findall(r"`([\w/-]+\.py)`", path.read_text(encoding="utf-8"))
        assert [each for each in named if each not in ends] == [], path


def _overlap(one: APIRoute, other: APIRoute) -> bool:
    """Whether two routes match the same request."""
    ours, theirs = one.path.split("/"), other.path.split("/")
    if len(ours) != len(theirs) or not one.methods & other.methods:
        return False
    return all(a == b or "{" in a + b for a, b in zip(ours, theirs, strict=True))


def test_no_route_depends_on_the_order_of_routers() -> None:
    routers = [*app.ROUTERS, public.router, console.router, app._service]
    routes = [[each for each in router.routes if isinstance(each, APIRoute)] for router in routers]
    pairs = [pair for ours, theirs in combinations(routes, 2) for pair in product(ours, theirs)]
    assert [(one.path, other.path) for one, other in pairs if _overlap(one, other)] == []


@pytest.mark.parametrize(
    ("below", "name"),
    [
        ("api/consultations", "close"),
        ("api/meetings", "cancel"),
        ("api/meetings", "move"),
        ("api/proposals", "edit"),
    ],
)
def test_a_domain_does_not_share_the_name_of_a_workflow(below: str, name: str) -> None:
    """`close_ballots`, `mark_cancelled`, `mark_moved`, `apply_edit` only do half of what the workflow does."""
    for path in (ROOT / below).rglob("*.py"):
        defined = {n.name for n in ast.parse(path.read_text("utf-8")).body if isinstance(n, ast.AsyncFunctionDef)}
        assert name not in defined, path
