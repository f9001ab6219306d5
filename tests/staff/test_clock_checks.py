"""What `sawt doctor` says of Morocco's clock: our zone data, and the system's beside them."""

from __future__ import annotations

import zoneinfo
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest
from tzdata import IANA_VERSION

from api import clock
from sawt.doctor.zone_checks import check_zone
from tests import zones


@pytest.fixture
def system(tmp_path: Path) -> Iterator[Path]:
    """A system without zone data."""
    zoneinfo.reset_tzpath(to=[tmp_path])
    yield tmp_path
    zoneinfo.reset_tzpath()


def has(system: Path, data: bytes, version: str | None = None) -> None:
    file = system / clock.ZONE
    file.parent.mkdir()
    file.write_bytes(data)
    if version is not None:
        (system / "tzdata.zi").write_text(f"# version {version}\n# more\n", encoding="utf-8")


def test_a_system_that_is_a_year_behind_is_named_with_its_version(system: Path) -> None:
    has(system, zones.tzif(1), "2025b")
    ours, theirs = check_zone()
    assert (ours.ok, ours.words.endswith(f"tzdata {IANA_VERSION}")) == (True, True)
    assert theirs.ok is None
    assert theirs.words.startswith("2025b differs for Morocco from ")
    assert f"Sawt uses its own, {IANA_VERSION}" in theirs.words


@pytest.mark.parametrize(("version", "said"), [("2026c", "2026c"), (None, "unknown version")])
def test_a_system_that_says_the_same_is_fine(system: Path, version: str | None, said: str) -> None:
    has(system, files("tzdata").joinpath("zoneinfo", *clock.ZONE.split("/")).read_bytes(), version)
    _, theirs = check_zone()
    assert (theirs.ok, theirs.words) == (True, f"{said}, the same for Morocco")


def test_a_system_without_zone_data_is_fine(system: Path) -> None:
    _, theirs = check_zone()
    assert (theirs.ok, theirs.words) == (True, "not installed, and not needed")


def test_old_data_of_our_own_are_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    zones.go_by(monkeypatch, zones.OLD)
    ours, _ = check_zone()
    assert (ours.ok, "tzdata>=2026.3" in ours.words) == (False, True)
