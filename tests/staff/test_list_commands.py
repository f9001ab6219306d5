"""List commands: the same options, pages to the end, tables that fit 80 columns."""

from __future__ import annotations

import asyncio
import json
import re
import shlex
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from rich.cells import cell_len
from sqlalchemy import String, select, update
from typer.testing import CliRunner

from api.agents.models import Agent
from api.audit import Act
from api.campaigns.models import Campaign
from api.commitments.fields import SHORT, STEP
from api.commitments.models import Commitment, Milestone, Plan
from api.consultations.models import Consultation
from api.meetings.models import Meeting
from api.outbox.models import Delivery, Lane
from api.proposals.models import Idea, Proposal
from api.rules.models import RuleChange
from sawt.__main__ import Commands, cli
from sawt.cli.printing import Printer, Table
from tests.commitments.plans import CODE
from tests.listed import MEETING, ROWS, TEXTS, filled
from tests.record_tools import unprotected
from tests.terminal import Terminal
from tests.world import KEYS, World, quiet

ROOT = Path(__file__).resolve().parents[2]

# Every list command, and its least number of rows in the world of tests/listed.py.
LISTING = {
    "agent list": ROWS, f"answers list {TEXTS}": ROWS, f"answers tags {TEXTS}": ROWS,
    "campaign list": ROWS, "campaign recipients 1": ROWS, "clock list": ROWS,
    f"commitment late {CODE}": ROWS, f"commitment list {CODE}": ROWS, "commitment plans": ROWS,
    "consultation list": ROWS, "desk list": ROWS, "desk overview": ROWS, "idea list": ROWS,
    "idea list --state received": ROWS, "lanes list": ROWS, "meeting list": ROWS, f"meeting who {MEETING}": ROWS,
    "messages list": 100, "places": 8, "places tetouan": 20, "proposal list": ROWS, "resident acts": ROWS,
    "audit list": ROWS, "resident unmaskings": ROWS, "resident merges": ROWS, "resident ranges": ROWS,
    "roads list": 1, "rules history": ROWS, "rules list": 5,
    "staff list": ROWS, "themes": 5, "tokens list": ROWS, "vault list": ROWS, "words unmatched": ROWS,
}  # fmt: skip
# Tables that are not lists: of one thing, or of what was just done.
TABLES = ("today", "results plan", "idea show 1", "resident show 1", "campaign preview 2")
LONG = {
    "ar": "مطالبة السكان بإصلاح الطريق الرابطة بين الدوار والمركز الصحي قبل فصل الشتاء المقبل إن شاء الله",
    "fr": "Anticonstitutionnellement-et-intergouvernementalement, une passerelle sur l'oued Martil pour les piétons",
    "zgh": "ⴰⴱⵔⵉⴷ " * 20,
}


@pytest.fixture
async def full(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    async with quiet(database_url) as world:
        await filled(world, others=True)
        for name, value in {"DATABASE_URL": world.settings.database_url, "KEYS": KEYS}.items():
            monkeypatch.setenv(f"SAWT_{name}", value)
        monkeypatch.setenv("COLUMNS", "600")
        await Terminal(world, monkeypatch).sign_in("amina")
        yield world


async def sawt(*words: str) -> Result:
    """Run a command successfully; returns its result."""
    result = await asyncio.to_thread(CliRunner().invoke, cli, list(words))
    assert result.exit_code == 0, (words, result.output, result.exception)
    return result


def rows(printed: str) -> list[tuple[str, ...]]:
    """The rows of the first table in a text, cell by cell; on a wide terminal each is one line."""
    lines = re.findall(r"^│(.*)│$", re.split(r"\n +(?:Routes|Prices)", printed)[0], flags=re.MULTILINE)
    cells = [tuple(cell.strip() for cell in line.split("│")) for line in lines]
    return [each for each in cells if each[0]]  # a line without a first cell continues the row above


def named(printed: str) -> list[str]:
    """The name of each row: its first cell, or its first line if rows are printed as blocks."""
    if "│" in printed:
        return [each[0] for each in rows(printed)]
    blocks = re.split(r"\n *\n", printed.strip())
    return [re.split(r" {2,}", each.splitlines()[0].strip(), maxsplit=1)[1] for each in blocks]


def listing_commands() -> set[str]:
    """Every command with `--all`, by its words."""
    lines: set[str] = set()

    def walk(command: Any, words: list[str]) -> None:
        for name, each in getattr(command, "commands", {}).items():
            walk(each, [*words, name])
        options = {name for each in getattr(command, "params", []) for name in each.opts}
        if {"--all", "--after"} & options:
            assert {"--all", "--limit", "--after"} <= options, words
            lines.add(" ".join(words))

    for name in Commands.table:
        walk(Commands.load(name), [name])
    return lines


def test_the_table_names_every_command_that_lists() -> None:
    named = {name for name in listing_commands() if any(f"{each} ".startswith(f"{name} ") for each in LISTING)}
    assert named == listing_commands()
    assert all(any(f"{each} ".startswith(f"{name} ") for name in named) for each in LISTING)


def test_no_command_lists_by_a_table_of_its_own() -> None:
    """Tables outside sawt/cli/listing.py show one thing, or what was just done."""
    files = {path.name for path in (ROOT / "sawt").rglob("*.py") if re.search(r"\bTable\(", path.read_text("utf-8"))}
    assert files == {
        "printing.py", "listing.py", "result_tables.py", "campaign_preview.py", "today.py", "duplicates.py", "ideas.py",
        "residents.py", "roads.py", "login.py",
    }  # fmt: skip
    for path in sorted((ROOT / "sawt").rglob("*.py")):
        for body in re.findall(r'command\("(?:list|history)"\)\n(?!@listing)(.*)', path.read_text("utf-8")):
            raise AssertionError(f"{path.name}: {body} lists without @listing")


async def test_every_list_is_read_to_its_end_by_the_lines_it_prints(full: World) -> None:
    for line, least in LISTING.items():
        whole = rows((await sawt(*line.split(), "--all")).stdout)
        assert len(whole) >= least, line
        assert max(Counter(whole).values()) == 1, line
        limit = "2" if len(whole) < 3 * ROWS else "40"
        seen: list[tuple[str, ...]] = []
        words = [*line.split(), "--limit", limit]
        while True:
            result = await sawt(*words)
            seen += rows(result.stdout)
            if not result.stderr:
                break
            more = re.fullmatch(r"more: sawt (.+)\n", result.stderr)
            assert more is not None, (line, result.stderr)
            assert more[1].startswith(line), more[1]
            assert shlex.split(more[1]) != words, line
            words = shlex.split(more[1])
        assert seen == whole, line


async def test_the_next_page_keeps_what_was_asked(full: World) -> None:
    result = await sawt("idea", "list", "--theme", "water", "--province", "Tétouan", "--limit", "1")
    more = result.stderr.removeprefix("more: ").rstrip()
    assert shlex.split(more)[:-1] == [
        "sawt", "idea", "list", "--theme", "water", "--province", "Tétouan", "--limit", "1", "--after",
    ]  # fmt: skip


@pytest.mark.parametrize("line", ["words unmatched", "messages list"])
async def test_json_stays_one_document(full: World, line: str) -> None:
    result = await sawt(*line.split(), "--json", "--limit", "2")
    assert len(json.loads(result.stdout)) == 2
    assert result.stderr.startswith(f"more: sawt {line} --json --limit 2 --after ")
    every = await sawt(*line.split(), "--json", "--all")
    assert len(json.loads(every.stdout)) > 2
    assert every.stderr == ""


async def test_a_wrong_cursor_is_said(full: World) -> None:
    other = (await sawt("idea", "list", "--limit", "1")).stderr.split()[-1]
    for line in LISTING:
        if line.startswith("idea"):
            continue
        for cursor in ("x", other):
            result = await asyncio.to_thread(CliRunner().invoke, cli, [*line.split(), "--after", cursor])
            assert result.exit_code == 1, line
            assert "cursor" in str(result.exception), line


async def test_tables_fit_eighty_columns(full: World, monkeypatch: pytest.MonkeyPatch) -> None:
    await lengthen(full)
    names: list[str] = []
    for language in ("ar", "fr"):
        await shown_in(full, language)
        for line in LISTING:
            monkeypatch.setenv("COLUMNS", "600")
            wide = named((await sawt(*line.split(), "--limit", "9")).stdout)
            monkeypatch.setenv("COLUMNS", "80")
            narrow = (await sawt(*line.split(), "--limit", "9")).stdout
            fits(line, narrow)
            assert named(narrow) == wide, line  # no name of a row is cut or broken
            names += wide
        for line in TABLES:
            fits(line, (await sawt(*line.split())).stdout)
    assert max(map(len, names)) >= 24  # the longest allowed code
    recipients = (await sawt("campaign", "recipients", "1")).stdout
    assert re.search(r"\+2126•+\d\d", recipients), recipients  # values are not broken into single letters


def fits(line: str, printed: str) -> None:
    assert printed.strip(), line
    for text in printed.splitlines():
        assert cell_len(text) <= 80 or text.startswith("Live and exact"), (line, text)  # a sentence, not a table


async def lengthen(world: World) -> None:
    """Make texts of staff and residents as long as allowed."""
    texts = {
        Agent: ["name"], Act: ["who"], Campaign: ["name", "author"], RuleChange: ["who"], Lane: ["reason"],
        Delivery: ["reason"],
    }  # fmt: skip
    async with world.db.transaction() as session:
        for column, like in ((Lane.road, "road-%"), (Proposal.code, "p-%"), (Consultation.code, "draft-%")):
            longest = column.type.length - 8
            changed = update(column.class_).where(column.like(like))
            await session.execute(changed.values({column.key: "a" * longest + column}))
        async with unprotected(session):
            for table, names in texts.items():
                for name in names:
                    kind = getattr(table, name).type
                    most = kind.length if isinstance(kind, String) and kind.length else 99
                    await session.execute(update(table).values({name: LONG["fr"][:most]}))


async def shown_in(world: World, language: str) -> None:
    """Make texts in several languages long, and show this language in tables."""
    words = dict.fromkeys(LONG, LONG[language])
    async with world.db.transaction() as session:
        await session.execute(update(Idea).values(text=LONG[language]))
        for table in (Proposal, Meeting, Consultation, Commitment):
            await session.execute(update(table).values(title=words))
        await session.execute(update(Meeting).values(place=words))
        for column, most in ((Commitment.label, SHORT), (Milestone.title, STEP), (Plan.title, 60)):
            short = {name: text[:most].strip() for name, text in words.items()}
            await session.execute(update(column.class_).values({column.key: short}))
        assert await session.scalar(select(Idea.text)) == LONG[language]


@pytest.mark.parametrize("text", LONG.values(), ids=LONG)
@pytest.mark.parametrize("width", [20, 40, 80, 200])
def test_any_table_fits_any_terminal(
    text: str, width: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    for columns in (1, 3, 12):
        table = Table(*(f"column {place}" for place in range(columns)), title=text)
        for _ in range(2):
            table.add_row(*(text[: 5 + 20 * (place % 4)] for place in range(columns)))
        Printer().print(table)
        printed = capsys.readouterr().out
        assert max(map(cell_len, printed.splitlines())) <= width
        letters = re.sub(r"[\s─-╿]", "", printed)
        assert letters.count(re.sub(r"\s", "", text[:5])) >= 2  # folded, not cut
