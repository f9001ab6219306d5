"""The house rules: sizes, first sentences, file names, and lock files that name no host."""

from __future__ import annotations

import ast
import json
import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DATA = (*ROOT.glob("api/region/data/*.json"), *ROOT.glob("sawt/demo/files/*.json"))
PACKAGES = ("api", "bot", "sms", "rehearsal", "sawt")
SOURCES = sorted(path for name in PACKAGES for path in (ROOT / name).rglob("*.py"))
SHARED = {  # folders of api that are not domains
    "background", "console", "conversations", "public", "region", "routing", "runtime", "security", "text", "v1", "web",
    "workflows",
}  # fmt: skip


def functions() -> list[tuple[str, int]]:
    """Every function with its number of lines, from `def` to its end, without the docstring."""
    sizes = []
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                doc = node.body[0] if ast.get_docstring(node) else None
                lines = (node.end_lineno or 0) - node.lineno + 1
                lines -= (doc.end_lineno or 0) - doc.lineno + 1 if doc else 0
                sizes.append((f"{path.relative_to(ROOT)}:{node.name}", lines))
    return sizes


def test_files_are_small() -> None:
    sizes = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in SOURCES}
    assert [str(path) for path, lines in sizes.items() if lines > 300] == []
    assert sum(lines <= 150 for lines in sizes.values()) >= 0.9 * len(sizes)


def test_functions_are_small() -> None:
    sizes = functions()
    assert [name for name, lines in sizes if lines > 40] == []
    assert sum(lines <= 20 for _, lines in sizes) >= 0.9 * len(sizes)


def test_every_file_says_what_it_is_for() -> None:
    files = [*SOURCES, *(ROOT / "tests").rglob("*.py"), *(ROOT / "alembic").rglob("*.py")]
    said = {path: ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "" for path in files}
    assert [path for path, words in said.items() if not words.split("\n\n")[0].rstrip().endswith((".", ":"))] == []


def test_domain_folders_use_the_same_names() -> None:
    folders = [path.parent for path in (ROOT / "api").glob("*/__init__.py")]
    without = {each.name for each in folders if not (each / "service.py").exists()}
    assert without == SHARED


def test_migrations_do_not_hide_the_library() -> None:
    assert not (ROOT / "alembic" / "__init__.py").exists()


def test_nothing_is_imported_inside_a_function() -> None:
    """Except channels, so that only the libraries of enabled ones are loaded (tests/staff/test_fast_start.py)."""
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                inside = [each for each in ast.walk(node) if isinstance(each, ast.Import | ast.ImportFrom)]
                allowed = path == ROOT / "sawt" / "compose.py" and node.name == "_channels"
                assert allowed or inside == [], path


def test_only_one_place_commits() -> None:
    for path in SOURCES:
        if path != ROOT / "api" / "db.py":
            assert not re.search(r"\.commit\(\)|\bsession\.begin\(", path.read_text(encoding="utf-8")), path


def test_notice_names_what_is_of_others() -> None:
    notice = (ROOT / "NOTICE").read_text(encoding="utf-8")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    libraries = {re.split(r"[^\w-]", each)[0] for each in project["dependencies"]}
    licensed = {str(file.relative_to(ROOT)) for file in DATA if "licence" in json.loads(file.read_text("utf-8"))}
    assert [each for each in sorted(libraries | licensed) if not re.search(rf"\b{re.escape(each)}\b", notice)] == []
    assert project["license"] == "EUPL-1.2"
    assert "SPDX: EUPL-1.2" in (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert all((ROOT / each).is_file() for each in project["license-files"])


def test_whatever_the_makefile_installs_is_pinned() -> None:
    lines = (ROOT / "Makefile").read_text(encoding="utf-8").replace("\\\n", "").splitlines()
    installing = [line for line in lines if " install " in line and not line.lstrip().startswith(("echo", '"'))]
    for line in (each for each in installing if "pip" in each and "apt-get" not in each):
        assert "--require-hashes" in line or "--no-deps" in line, line


def test_locks_name_no_index() -> None:
    for lock in ROOT.glob("requirements*.lock"):
        text = lock.read_text(encoding="utf-8")
        assert "://" not in text
        pinned = re.findall(r"^[a-z0-9][^ ]*==", text, flags=re.MULTILINE)
        assert len(pinned) == len(re.findall(r"^[a-z0-9]", text, flags=re.MULTILINE))
        assert text.count("--hash=sha256:") >= len(pinned)
