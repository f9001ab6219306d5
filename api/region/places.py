"""The Region and its eight prefectures and provinces, by HCP code, with the names in use (from `data/`).

HCP is Morocco's statistics office, the Haut-Commissariat au Plan.
"""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class Place:
    """The Region, a prefecture or a province. `population` is from the 2024 census."""

    code: str
    iso: str
    kind: str
    fr: str
    ar: str
    population: int

    @property
    def words(self) -> dict[str, str]:
        """The name in each language. In Tamazight it is the French name, until a Tifinagh spelling is attested."""
        return {"ar": self.ar, "fr": self.fr, "zgh": self.fr}


@dataclass(frozen=True, slots=True)
class Commune:
    """One of the 146 communes. `code` begins with the code of its province; `spelt` has other common spellings."""

    code: str
    fr: str
    ar: str
    spelt: tuple[str, ...] = ()


@cache
def provinces() -> tuple[Place, ...]:
    """Return the eight prefectures and provinces in HCP's order."""
    return tuple(Place(**entry) for entry in _data()["provinces"])


@cache
def region() -> Place:
    """Return the Region as a whole."""
    return Place(kind="region", **_data()["region"])


def label(code: str | None, *, unknown: str = "—") -> str:
    """Return the label of a province for staff, such as "01.571 Tétouan"; `unknown` if `code` is missing."""
    place = province(code or "")
    return f"{place.code} {place.fr}" if place is not None else code or unknown


def relabelled(name: str) -> str:
    """Return the label of the province with this French name. Any other text is returned unchanged."""
    return next((label(each.code) for each in provinces() if each.fr == name), name)


@cache
def province(code: str) -> Place | None:
    """Return the province with this HCP code; None if there is none."""
    return next((place for place in provinces() if place.code == code), None)


@cache
def spellings(code: str) -> tuple[str, ...]:
    """Return other common spellings of a province's name."""
    return tuple(_spellings()["provinces"].get(code, ()))


@cache
def communes(province: str) -> tuple[Commune, ...]:
    """Return the communes of a province in HCP's order."""
    listed = (entry for entry in _communes() if entry[0].startswith(f"{province}."))
    return tuple(Commune(code, fr, ar, tuple(_spellings()["towns"].get(code, ()))) for code, fr, ar in listed)


@cache
def commune(code: str) -> Commune | None:
    """Return the commune with this HCP code; None if there is none."""
    return next((each for place in provinces() for each in communes(place.code) if each.code == code), None)


@cache
def towns(code: str) -> tuple[str, ...]:
    """Return the names and spellings of communes and other places in a province."""
    names = (name for each in communes(code) for name in (each.fr, each.ar, *each.spelt))
    return (*names, *_spellings()["towns"].get(code, ()))


@cache
def _data() -> Any:
    return json.loads((_FOLDER / "region.json").read_text(encoding="utf-8"))


@cache
def _communes() -> list[list[str]]:
    rows: list[list[str]] = json.loads((_FOLDER / "communes.json").read_text(encoding="utf-8"))["communes"]
    return rows


@cache
def _spellings() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads((_FOLDER / "spellings.toml").read_text(encoding="utf-8"))
