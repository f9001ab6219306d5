"""The audience of a campaign: conditions on residents, which staff write as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any, NamedTuple, Self

from pydantic import (
    AfterValidator,
    Field,
    SerializerFunctionWrapHandler,
    StringConstraints,
    model_serializer,
    model_validator,
)

from api.errors import Invalid
from api.i18n import LANGUAGES
from api.region.lookup import MaybeCommune, MaybeProvince, province
from api.residents import follows
from api.strict_model import StrictModel

_DEEPEST = 5  # nested levels of "all", "any" and "not"
Code = Annotated[str, StringConstraints(max_length=24)]
Keyword = Annotated[str, StringConstraints(max_length=64, to_lower=True)]  # stored in lower case (`dialogue/store`)


def _by_code(reference: str) -> str:
    """Replace a province's name by its code in a reference such as "province:Tétouan"."""
    kind, _, name = reference.partition(":")
    try:
        return f"{kind}:{province(name)}" if kind == follows.PROVINCE else reference
    except Invalid:
        return reference  # `Audience` reports it together with other faults


Followed = Annotated[str, StringConstraints(max_length=80), AfterValidator(_by_code)]


class Condition(NamedTuple):
    """The condition that an `Audience` sets: the name of the field, and its value."""

    name: str
    value: Any


class FollowRef(NamedTuple):
    """Something that residents follow: its kind (theme, commitment or province) and its reference."""

    kind: str
    ref: str


class Audience(StrictModel, populate_by_name=True):
    """One condition on residents. `all`, `any` and `not` combine conditions; an empty condition means everybody.

    Who they are:       {"province": ["01.571"]}   {"commune": ["01.571.01.07", ""]}   {"language": ["ar", "zgh"]}
                        {"channel": ["telegram"]}   {"joined_since": "2026-11-01"}   {"source": ["plan"]}
    What they follow:   {"follows": ["theme:water", "commitment:plan-code/3", "province:01.571"]}
    What they did:      {"answered": "plan"}   {"begun": "plan"}   {"asked": "plan"}; after closing, everybody with a
                        ballot has "answered", others who were asked or began are "asked", nobody has "begun"
    What they attend:   {"registered": "tetouan"}
    What they got:      {"not_contacted_since": "2026-11-01"}
    Combined:           {"all": [{"language": ["ar"]}, {"not": {"answered": "plan"}}]}
    For a reminder:     {"any": [{"begun": "plan"}, {"asked": "plan"}]}: invited or began, but did not finish

    A list matches residents with any of its values; '' matches residents whose value is unknown. A commune is one of
    the region's 146, by HCP code. It is only known for residents who named their town.
    """

    all_of: list[Audience] | None = Field(None, alias="all", min_length=1, max_length=20)
    any_of: list[Audience] | None = Field(None, alias="any", min_length=1, max_length=20)
    not_: Audience | None = Field(None, alias="not")
    province: list[MaybeProvince] | None = Field(
        None, min_length=1, description="Names or HCP codes; '' means unknown."
    )
    commune: list[MaybeCommune] | None = Field(None, min_length=1, description="Names or HCP codes; '' means unknown.")
    language: list[Code] | None = Field(None, min_length=1)
    channel: list[Code] | None = Field(
        None, min_length=1, description="Residents reachable on at least one of these channels."
    )
    joined_since: date | None = None
    source: list[Keyword] | None = Field(
        None,
        min_length=1,
        description="Keywords or deep links with which residents first contacted the service; '' means none.",
    )
    follows: list[Followed] | None = Field(
        None,
        min_length=1,
        description=(
            "Residents who follow any of these: theme:CODE, commitment:PLAN/NUMBER, province:CODE or province:NAME."
        ),
    )
    answered: Code | None = Field(None, description="Residents who completed this consultation.")
    begun: Code | None = Field(None, description="Residents who began this consultation but did not complete it.")
    asked: Code | None = Field(
        None, description="Residents who were invited to this consultation but did not begin it."
    )
    registered: Code | None = Field(
        None, description="Residents who have a seat at this meeting or are on its waiting list."
    )
    not_contacted_since: date | None = Field(
        None, description="Residents who have had no campaign message since this day."
    )

    @model_validator(mode="after")
    def _one_condition(self) -> Self:
        if len(self.model_fields_set) > 1:
            raise ValueError("a condition can have only one key: combine several conditions with 'all' or 'any'")
        if any(getattr(self, name) is None for name in self.model_fields_set):
            raise ValueError("the value of a condition cannot be null: leave the condition out")
        if fault := next(self._faults(), None):
            raise ValueError(fault)
        if _depth(self) > _DEEPEST:
            raise ValueError(f"conditions can be nested at most {_DEEPEST} levels deep")
        return self

    @model_serializer(mode="wrap")
    def _as_written(self, serialize: SerializerFunctionWrapHandler):  # type: ignore[no-untyped-def]
        """Leave out what is not set, so that the answer can be sent again. A return type would replace the schema."""
        return {name: value for name, value in serialize(self).items() if value is not None}

    @property
    def condition(self) -> Condition | None:
        """The condition that is set; None if the audience is everybody."""
        return next((Condition(name, getattr(self, name)) for name in self.model_fields_set), None)

    def _faults(self) -> Iterator[str]:
        if unknown := set(self.language or ()) - set(LANGUAGES):
            yield f"unknown language {_listed(unknown)}: choose from {', '.join(LANGUAGES)}"
        for each in self.follows or ():
            try:
                follows.check(*follow_ref(each))
            except Invalid as fault:
                yield str(fault)


def follow_ref(text: str) -> FollowRef:
    """Split a text such as "theme:water" into its kind and reference."""
    kind, _, ref = text.partition(":")
    return FollowRef(kind, ref)


def _listed(unknown: set[str]) -> str:
    return ", ".join(sorted(unknown))


def _depth(audience: Audience) -> int:
    inner = [*(audience.all_of or ()), *(audience.any_of or ()), *((audience.not_,) if audience.not_ else ())]
    return 1 + max((_depth(each) for each in inner), default=0)
