"""The README's steps of "Run it" in an empty folder: checks create nothing, and creation is reported."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from sawt import __main__ as command
from sawt.cli.system import serve
from tests.world import KEYS


@pytest.fixture
def begun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """Run `sawt` in an empty folder without other settings; returns exit code and output."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SAWT_VAULT")
    monkeypatch.setattr(serve.logs, "configure", lambda _level: None)

    def run(*words: str) -> tuple[Any, str]:
        monkeypatch.setattr(sys, "argv", ["sawt", *words])
        with pytest.raises(SystemExit) as ended:
            command.main()
        said = capsys.readouterr()
        return ended.value.code, said.out + said.err

    return run


def there(folder: Path) -> set[str]:
    """All paths in the folder."""
    return {str(each.relative_to(folder)) for each in folder.rglob("*")}


def test_the_steps_of_the_readme_lead_to_a_service(begun: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code, keys = begun("keys")
    assert code == 0
    vault = tmp_path / "vault"
    vault.mkdir(mode=0o700)
    (tmp_path / ".env").write_text(f"SAWT_KEYS={keys.strip()}\nSAWT_API_TOKEN=token\nSAWT_VAULT={vault}\n")
    before = there(tmp_path)
    for words in (("doctor",), ("serve",), ("serve", "--migrate"), ("lanes", "list")):
        code, said = begun(*words)
        assert (code != 0, "Run: sawt migrate" in said) == (True, True), said
        assert there(tmp_path) == before
    assert begun("migrate") == (0, f"Created the folder {tmp_path / 'var'}.\nThe database schema is up to date.\n")
    assert (tmp_path / "var" / "sawt.db").exists()
    assert (tmp_path / "var").stat().st_mode & 0o077 == 0
    code, said = begun("doctor")
    assert code == 0, said
    served: list[Any] = []
    monkeypatch.setattr(serve, "bind", lambda *where: where)
    monkeypatch.setattr(serve, "serve_app", lambda *arguments: served.append(arguments))
    begun("serve")
    assert served


def test_the_vault_beside_the_default_database_is_made_with_it(begun: Any, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(f"SAWT_KEYS={KEYS}\n")
    assert begun("doctor")[0] == 1
    assert there(tmp_path) == {".env"}
    assert begun("migrate")[0] == 0
    assert {"var/sawt.db", "var/vault"} <= there(tmp_path)


def test_migrating_without_keys_says_so(begun: Any) -> None:
    code, said = begun("migrate")
    assert (code, "SAWT_KEYS are missing" in said, "sawt keys" in said) == (0, True, True), said


def test_only_the_last_folder_is_made(begun: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAWT_DATABASE_URL", f"sqlite+aiosqlite:///{tmp_path}/no/where/sawt.db")
    code, said = begun("migrate")
    assert (code, "does not exist" in said, there(tmp_path)) == (2, True, set())
