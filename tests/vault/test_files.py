"""The vault's files: complete or absent, mirrored, readable by the service only, and overwritten before deletion."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from pydantic import SecretStr

from api.errors import Invalid, Unavailable
from api.security.seals import Seals
from api.security.vault import Vault
from api.settings import Settings
from sawt.vault import faults
from tests.world import KEYRING

REAL = {"telegram_token": SecretStr("1:real")}  # without a test address: the real Telegram


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    folders = Vault([tmp_path / "one" / "deep", tmp_path / "two"])
    folders.prepare()
    return folders


def test_a_key_is_in_every_folder_for_the_service_alone(vault: Vault) -> None:
    name, key = vault.make()
    assert vault.keys(name) == [key]
    for folder in vault.folders:
        assert [each.name for each in folder.iterdir()] == [name]
        assert (folder / name).read_bytes() == key
        assert ((folder / name).stat().st_mode & 0o777, folder.stat().st_mode & 0o777) == (0o600, 0o700)
    assert vault.agrees(name)
    assert list(vault.faults()) == []


@pytest.mark.parametrize("damage", [None, b"", b"x" * 31, b"x" * 32])
def test_a_damaged_mirror_is_told_and_repaired(vault: Vault, damage: bytes | None) -> None:
    name, key = vault.make()
    path = vault.folders[0] / name
    path.unlink() if damage is None else path.write_bytes(damage)
    assert not vault.agrees(name)
    assert key in vault.keys(name)
    assert vault.repair(name, key) == [vault.folders[0]]
    assert vault.repair(name, key) == []
    assert vault.agrees(name)


def test_what_is_sealed_opens_whichever_mirror_is_right(vault: Vault) -> None:
    name, key = vault.make()
    sealed = Seals(KEYRING, vault).seal("secret", {name: key}, purpose="p")
    (vault.folders[0] / name).write_bytes(b"x" * 32)
    assert Seals(KEYRING, vault).decipher(sealed, purpose="p") == "secret"
    (vault.folders[0] / name).unlink()
    (vault.folders[1] / name).unlink()
    with pytest.raises(Invalid):
        Seals(KEYRING, vault).decipher(sealed, purpose="p")


def test_neither_keys_nor_vault_alone_open_it(vault: Vault) -> None:
    name, key = vault.make()
    sealed = Seals(KEYRING, vault).seal("secret", {name: key}, purpose="p")
    assert "secret" not in KEYRING.decipher(sealed, purpose="p")
    other = KEYRING.generate()
    with pytest.raises(Invalid):
        Seals(KEYRING.parse(other), vault).decipher(sealed, purpose="p")
    with pytest.raises(Invalid):
        Seals(KEYRING, vault).decipher(sealed, purpose="q")


def test_destroying_overwrites_every_file_and_can_be_repeated(vault: Vault, tmp_path: Path) -> None:
    name, key = vault.make()
    for number, folder in enumerate(vault.folders):
        os.link(folder / name, tmp_path / str(number))  # keeps the bytes on disk
    vault.destroy(name)
    vault.destroy(name)
    assert vault.keys(name) == []
    assert [list(folder.iterdir()) for folder in vault.folders] == [[], []]
    assert not any((tmp_path / str(number)).read_bytes() == key for number in range(2))


@pytest.mark.parametrize(
    ("where", "mode", "changed", "words"),
    [
        ("vault", 0o700, REAL, ""),
        ("vault", 0o755, REAL, "read by other users"),
        ("vault", 0o755, {}, "read by other users"),
        ("home/vault", 0o700, REAL, "inside"),
        ("home", 0o700, REAL, "inside"),
        ("home/vault", 0o700, {}, ""),  # a rehearsal may use one folder for everything
        ("vault", 0o700, {"kannel_url": "http://127.0.0.1:13013/cgi-bin/sendsms", "vault": []}, "missing"),
        ("vault", 0o700, {**REAL, "vault": [Path("vault")]}, "absolute"),
        ("vault", 0o700, {"database_url": "postgresql+asyncpg://host/sawt", "vault": []}, "missing"),
        ("vault", 0o755, {"vault": []}, ""),  # next to a rehearsal's database
        ("file", 0o700, REAL, "does not exist"),
        ("file", 0o700, {}, "does not exist"),
        ("absent", 0o700, REAL, "does not exist"),  # perhaps an unmounted disk
        ("absent", 0o700, {}, ""),
    ],
)
def test_a_vault_that_protects_nobody_is_refused(
    tmp_path: Path, where: str, mode: int, changed: dict[str, object], words: str
) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "file").touch()
    folder = tmp_path / where
    if where not in ("file", "absent"):
        folder.mkdir(exist_ok=True)
        folder.chmod(mode)
    url = f"sqlite+aiosqlite:///{tmp_path / 'home' / 'sawt.db'}"
    values: dict[str, object] = {"database_url": url, "vault": [folder], **changed}
    problems = list(faults(Settings(_env_file=None, **values)))  # type: ignore[arg-type]
    assert [words in each for each in problems] == ([True] if words else [])


@pytest.mark.parametrize(("written", "folders"), [("/a", ["/a"]), ('["/a", "/b"]', ["/a", "/b"]), ("", []), (None, [])])
def test_one_folder_needs_no_brackets(monkeypatch: pytest.MonkeyPatch, written: str | None, folders: list[str]) -> None:
    monkeypatch.delenv("SAWT_VAULT")
    if written is not None:
        monkeypatch.setenv("SAWT_VAULT", written)
    assert [str(each) for each in Settings(_env_file=None).vault] == folders


def test_one_function_is_the_only_way_to_a_secret() -> None:
    root = Path(__file__).resolve().parents[2]
    users = [path for name in ("api", "sawt") for path in (root / name).rglob("*.py") if ".secret" in _code(path)]
    # secrets of second factors of staff, not of consultations
    accounts = {"links.py", "second_factor.py", "staff.py", "accounts.py"}
    assert {path.name for path in users} - accounts == {"secrecy.py", "lifecycle.py"}  # the latter deletes it


def _code(path: Path) -> str:
    return re.sub(r"\.secret\w", "", path.read_text(encoding="utf-8"))


def test_nothing_is_written_before_every_folder_was_read(vault: Vault) -> None:
    one, two = vault.folders
    (two / "name").mkdir()  # unreadable as a file
    with pytest.raises(Unavailable):
        vault.repair("name", b"k" * 32)
    assert list(one.iterdir()) == []


def test_a_key_is_destroyed_wherever_it_can_be(vault: Vault, tmp_path: Path) -> None:
    name, _ = vault.make()
    one, two = vault.folders
    one.rename(tmp_path / "away")
    part = two / f".{name}.12345678"
    part.write_bytes(b"k" * 32)
    with pytest.raises(Unavailable, match=str(one)):
        vault.destroy(name)
    assert list(two.iterdir()) == []
