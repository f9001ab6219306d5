"""The Region and its eight prefectures and provinces, by HCP code (`api/data/region.json`)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any


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


@cache
def provinces() -> tuple[Place, ...]:
    """The eight prefectures and provinces, the most populous around Tanger first, as HCP lists them."""
    return tuple(Place(**entry) for entry in _data()["provinces"])


@cache
def region() -> Place:
    """The Region as a whole."""
    return Place(kind="region", **_data()["region"])


@cache
def province(code: str) -> Place | None:
    """The province of this HCP code."""
    return next((place for place in provinces() if place.code == code), None)


@cache
def _data() -> Any:
    return json.loads((Path(__file__).parent / "data" / "region.json").read_text(encoding="utf-8"))
