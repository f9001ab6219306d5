"""Provinces, communes and themes as staff write them: by their code, by one of their names, or by both as shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field, computed_field

from api.errors import Invalid
from api.region import places
from api.region.themes import themes
from api.text.normalise import normalise

_LISTED = "`sawt places` lists codes and names"


def province(written: str) -> str:
    """The HCP code of a province. Raises Invalid where none has this code or name."""
    return _one(written, _provinces(), f"no province {written}; {_LISTED}", "province")


def commune(written: str) -> str:
    """The HCP code of a commune. Raises Invalid where none has this code or name, or several have."""
    return _one(written, _communes(), f"no commune {written}; {_LISTED}", "commune")


def theme(written: str) -> str:
    """The code of a theme. Raises Invalid where none has this code or name."""
    listed = ", ".join(each.code for each in themes())
    return _one(written, _themes(), f"there is no theme {written}; there are {listed}", "theme")


def _valid(look_up: Callable[[str], str]) -> AfterValidator:
    """The look-up as a field's validator."""

    def validate(written: str) -> str:
        try:
            return look_up(written)
        except Invalid as error:
            raise ValueError(str(error)) from None

    return AfterValidator(validate)


Province = Annotated[str, _valid(province)]
Commune = Annotated[str, _valid(commune)]
Theme = Annotated[str, _valid(theme)]
MaybeProvince = Annotated[str, _valid(lambda written: province(written) if written else "")]  # "" for those unknown
MaybeCommune = Annotated[str, _valid(lambda written: commune(written) if written else "")]
# As the query of a list:
OfProvince = Annotated[Province | None, Field(description="its name or HCP code")]
OfDesk = Annotated[MaybeProvince | None, Field(description="a province, by name or code; '' is the Region's own")]


class InProvince(BaseModel):
    """An answer with a `province`, by its code: it has the name too."""

    @computed_field(description="French, as HCP writes it; null where `province` is none of the eight")  # type: ignore[prop-decorator]
    @property
    def province_name(self) -> str | None:
        """The name of the province."""
        found = places.province(getattr(self, "province", None) or "")
        return found.fr if found is not None else None


def _one(written: str, known: Mapping[str, frozenset[str]], unknown: str, field: str) -> str:
    codes = known.get(normalise(written), frozenset())
    if len(codes) > 1:
        raise Invalid(f"{written} can be {' or '.join(sorted(codes))}: write the code", field=field)
    if not codes:
        raise Invalid(unknown, field=field)
    return next(iter(codes))


@cache
def _provinces() -> Mapping[str, frozenset[str]]:
    return _index(
        (each.code, (each.fr, each.ar, places.label(each.code), *places.spellings(each.code)))
        for each in places.provinces()
    )


@cache
def _communes() -> Mapping[str, frozenset[str]]:
    every = (found for place in places.provinces() for found in places.communes(place.code))
    return _index((each.code, (each.fr, each.ar, *each.spelt)) for each in every)


@cache
def _themes() -> Mapping[str, frozenset[str]]:
    return _index((each.code, each.words.values()) for each in themes())


def _index(named: Iterable[tuple[str, Iterable[str]]]) -> Mapping[str, frozenset[str]]:
    """Who is called so, by normalised code or name."""
    index: dict[str, frozenset[str]] = {}
    for code, names in named:
        for name in (code, *names):
            index[normalise(name)] = index.get(normalise(name), frozenset()) | {code}
    return index
