"""All output goes through sawt/cli/printing.py, which prints text as data; nothing bypasses it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# Modules that write to the terminal; all others call these.
ALLOWED = {
    "sawt/cli/printing.py",  # tables, lines and files
    "sawt/cli/visible.py",  # errors
    "api/runtime/logs.py",  # lines of JSON, all ASCII
}
PACKAGES = ("sawt", "api", "bot", "sms", "rehearsal")
STREAMS = {"stdout", "stderr", "__stdout__", "__stderr__", "displayhook", "excepthook"}
OF_TYPER = {"echo", "secho", "style", "confirm", "prompt", "progressbar", "echo_via_pager", "launch"}
LIBRARIES = {"rich", "click", "curses", "pprint", "logging.handlers"}
OF_BUILTINS = {"print", "input", "breakpoint"}


def past_it(source: str) -> list[str]:
    """The expressions in a module that print without printing.py."""
    bypasses = []
    names: dict[str, str] = {}  # imported names: their full names
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {each.asname or each.name: each.name for each in node.names}
        if isinstance(node, ast.ImportFrom):
            names |= {each.asname or each.name: f"{node.module}.{each.name}" for each in node.names}
    bypasses += [real for real in names.values() if real.partition(".")[0] in LIBRARIES]
    for node in ast.walk(ast.parse(source)):
        bypasses += _used(node, names)
    return bypasses


def _used(node: ast.AST, names: dict[str, str]) -> Iterator[str]:
    if isinstance(node, ast.Name | ast.Attribute):
        written = ast.unparse(node)
        head, dot, rest = written.partition(".")
        real = names.get(head, head) + dot + rest
        module, _, name = real.rpartition(".")
        if real in OF_BUILTINS or (module == "builtins" and name in OF_BUILTINS):
            yield real
        if (module == "sys" and name in STREAMS) or (module in ("typer", "click") and name in OF_TYPER):
            yield real
    if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in ("SystemExit", "exit"):
        # Python prints anything else than a number.
        yield from (ast.unparse(node) for each in node.args if not _is_a_number(each))
    if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("os.write"):
        yield from (ast.unparse(node) for each in node.args[:1] if ast.unparse(each) in ("1", "2"))
    if isinstance(node, ast.keyword) and node.arg in ("markup", "rich_markup_mode"):
        yield ast.unparse(node)


def _is_a_number(node: ast.AST) -> bool:
    """Whether an exit code is a number: a literal, a constant, or a choice of two such."""
    if isinstance(node, ast.IfExp):
        return _is_a_number(node.body) and _is_a_number(node.orelse)
    if isinstance(node, ast.Name):
        return node.id.isupper()
    return isinstance(node, ast.Constant) and (node.value is None or isinstance(node.value, int))


def modules() -> Iterator[tuple[str, str]]:
    """Every module with its source."""
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")


def test_there_is_one_way_to_print() -> None:
    bypassing = {name: past_it(source) for name, source in modules() if name not in ALLOWED}
    assert {name: each for name, each in bypassing.items() if each} == {}


def test_the_one_way_reads_no_markup() -> None:
    """No console interprets markup, or words between colons as emoji."""
    for name in ALLOWED:
        for node in ast.walk(ast.parse((ROOT / name).read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("Console"):
                keywords = {each.arg: ast.unparse(each.value) for each in node.keywords}
                assert {keywords.get(each) for each in ("markup", "emoji", "highlight")} == {"False"}, name
            assert not (isinstance(node, ast.Call) and ast.unparse(node.func).endswith("from_markup")), name


@pytest.mark.parametrize(
    "source",
    [
        "print(text)", "p = print", "import builtins\nbuiltins.print(text)", "import sys\nsys.stdout.write(text)",
        "from sys import stderr\nstderr.write(text)", "import sys as s\ns.__stdout__.write(text)",
        "import typer\ntyper.echo(text)", "from typer import echo\necho(text)", "import typer as t\nt.confirm(text)",
        "from typer import secho as say\nsay(text)", "from rich.console import Console\nConsole()", "import rich",
        "import click\nclick.echo(text)", "from pprint import pprint", "import os\nos.write(1, text)",
        "raise SystemExit(text)", "raise SystemExit('no ' + text)", "import sys\nsys.exit(str(error))",
        "input(text)", "table = Table(markup=True)", "app = typer.Typer(rich_markup_mode='rich')",
    ],
)  # fmt: skip
def test_what_passes_it_by_is_found(source: str) -> None:
    assert past_it(source)


@pytest.mark.parametrize(
    "source",
    [
        "_out.print(text)", "raise SystemExit(1)", "import sys\nsys.exit(2 if wrong else 1)", "raise typer.Exit()",
        "import sys\nsys.stdin.buffer.read()", "sys.argv", "import typer\ntyper.Option(help='x')", "session.write(x)",
    ],
)  # fmt: skip
def test_what_does_not_is_left_alone(source: str) -> None:
    assert past_it(source) == []
