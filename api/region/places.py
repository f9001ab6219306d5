"""The Region, its eight prefectures and provinces by HCP code, and the names people call them (`data/`)."""

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
    """The Region, a prefecture or a province. `population` is that of the census of 2024."""

    code: str
    iso: str
    kind: str
    fr: str
    ar: str
    population: int

    @property
    def words(self) -> dict[str, str]:
        """The name in each language; in Tamazight the French one stands until a Tifinagh spelling is attested."""
        return {"ar": self.ar, "fr": self.fr, "zgh": self.fr}


@dataclass(frozen=True, slots=True)
class Commune:
    """One of the 146 communes. `code` begins with that of its province; `spelt` is how people write its name too."""

    code: str
    fr: str
    ar: str
    spelt: tuple[str, ...] = ()


@cache
def provinces() -> tuple[Place, ...]:
    """The eight prefectures and provinces, the most populous around Tanger first, as HCP lists them."""
    return tuple(Place(**entry) for entry in _data()["provinces"])


@cache
def region() -> Place:
    """The Region as a whole."""
    return Place(kind="region", **_data()["region"])


def label(code: str | None, *, unknown: str = "—") -> str:
    """A province as staff read it, by code and name: "01.571 Tétouan"; `unknown` if it is none."""
    found = province(code or "")
    return f"{found.code} {found.fr}" if found is not None else code or unknown


def relabelled(name: str) -> str:
    """The same for what was kept by its French name alone; anything else as it is."""
    return next((label(each.code) for each in provinces() if each.fr == name), name)


@cache
def province(code: str) -> Place | None:
    """The province of this HCP code."""
    return next((place for place in provinces() if place.code == code), None)


@cache
def spellings(code: str) -> tuple[str, ...]:
    """How people write the name of a province, beside its official name."""
    return tuple(_spellings()["provinces"].get(code, ()))


@cache
def communes(province: str) -> tuple[Commune, ...]:
    """The communes of a province, as HCP lists them."""
    listed = (entry for entry in _communes() if entry[0].startswith(f"{province}."))
    return tuple(Commune(code, fr, ar, tuple(_spellings()["towns"].get(code, ()))) for code, fr, ar in listed)


@cache
def commune(code: str) -> Commune | None:
    """The commune of this HCP code."""
    return next((found for place in provinces() for found in communes(place.code) if found.code == code), None)


@cache
def towns(code: str) -> tuple[str, ...]:
    """The names of a province's communes (HCP), how people write them, and places there that are no communes."""
    named = (name for found in communes(code) for name in (found.fr, found.ar, *found.spelt))
    return (*named, *_spellings()["towns"].get(code, ()))


@cache
def _data() -> Any:
    return json.loads((_FOLDER / "region.json").read_text(encoding="utf-8"))


@cache
def _communes() -> list[list[str]]:
    found: list[list[str]] = json.loads((_FOLDER / "communes.json").read_text(encoding="utf-8"))["communes"]
    return found


@cache
def _spellings() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads((_FOLDER / "spellings.toml").read_text(encoding="utf-8"))
