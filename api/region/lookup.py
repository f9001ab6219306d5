"""Find the code of a province, commune or theme from the text that staff entered: a code, a name or a label."""

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
    """Return the HCP code of a province. Raises Invalid if no province has this code or name."""
    return _one(written, _provinces(), f"there is no province {written}: {_LISTED}", "province")


def commune(written: str) -> str:
    """Return the HCP code of a commune. Raises Invalid if no commune, or more than one, has this code or name."""
    return _one(written, _communes(), f"there is no commune {written}: {_LISTED}", "commune")


def theme(written: str) -> str:
    """Return the code of a theme. Raises Invalid if no theme has this code or name."""
    listed = ", ".join(each.code for each in themes())
    return _one(written, _themes(), f"there is no theme {written}: choose from {listed}", "theme")


def _valid(look_up: Callable[[str], str]) -> AfterValidator:
    """Return a pydantic validator that replaces a field's value by its code."""

    def validate(written: str) -> str:
        try:
            return look_up(written)
        except Invalid as error:
            raise ValueError(str(error)) from None

    return AfterValidator(validate)


Province = Annotated[str, _valid(province)]
Commune = Annotated[str, _valid(commune)]
Theme = Annotated[str, _valid(theme)]
MaybeProvince = Annotated[str, _valid(lambda written: province(written) if written else "")]  # "" means unknown
MaybeCommune = Annotated[str, _valid(lambda written: commune(written) if written else "")]
# The types of query parameters that filter lists:
OfProvince = Annotated[
    Province | None, Field(description="Name or HCP code of a province. HCP is Morocco's statistics office.")
]
OfDesk = Annotated[
    MaybeProvince | None, Field(description="Name or HCP code of the desk's province; '' for the Region's own desk.")
]


class InProvince(BaseModel):
    """The base of responses with a `province` code. It adds the field `province_name`."""

    @computed_field(description="French name, as HCP writes it; null if `province` is null or unknown.")  # type: ignore[prop-decorator]
    @property
    def province_name(self) -> str | None:
        """The name of the province."""
        place = places.province(getattr(self, "province", None) or "")
        return place.fr if place is not None else None


def _one(written: str, known: Mapping[str, frozenset[str]], unknown: str, field: str) -> str:
    codes = known.get(normalise(written), frozenset())
    if len(codes) > 1:
        raise Invalid(
            f"{written} can mean {' or '.join(sorted(codes))}: write the code instead of the name", field=field
        )
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
    every = (commune for place in places.provinces() for commune in places.communes(place.code))
    return _index((each.code, (each.fr, each.ar, *each.spelt)) for each in every)


@cache
def _themes() -> Mapping[str, frozenset[str]]:
    return _index((each.code, each.words.values()) for each in themes())


def _index(named: Iterable[tuple[str, Iterable[str]]]) -> Mapping[str, frozenset[str]]:
    """Return which codes each normalised code or name can mean."""
    index: dict[str, frozenset[str]] = {}
    for code, names in named:
        for name in (code, *names):
            index[normalise(name)] = index.get(normalise(name), frozenset()) | {code}
    return index
