"""`sawt doctor` on Morocco's time zone: Sawt's zone data, and the system's."""

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
    own_finding, system_finding = check_zone()
    assert (own_finding.ok, own_finding.words.endswith(f"tzdata {IANA_VERSION}")) == (True, True)
    assert system_finding.ok is None
    assert system_finding.words.startswith("2025b is wrong for Morocco from ")
    assert f"Sawt uses its own data ({IANA_VERSION})" in system_finding.words


@pytest.mark.parametrize(("version", "said"), [("2026c", "2026c"), (None, "unknown version")])
def test_a_system_that_says_the_same_is_fine(system: Path, version: str | None, said: str) -> None:
    has(system, files("tzdata").joinpath("zoneinfo", *clock.ZONE.split("/")).read_bytes(), version)
    _, system_finding = check_zone()
    assert (system_finding.ok, system_finding.words) == (
        True,
        f"{said}, which agrees with Sawt's zone data for Morocco",
    )


def test_a_system_without_zone_data_is_fine(system: Path) -> None:
    _, system_finding = check_zone()
    assert (system_finding.ok, system_finding.words) == (True, "the system has no zone data, and Sawt does not need it")


def test_old_data_of_our_own_are_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    zones.go_by(monkeypatch, zones.OLD)
    own_finding, _ = check_zone()
    assert (own_finding.ok, "tzdata>=2026.3" in own_finding.words) == (False, True)
