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
    """Return a reference such as "province:Tétouan" with the province's code instead of its name.

    Other references are returned unchanged.
    """
    kind, _, name = reference.partition(":")
    try:
        return f"{kind}:{province(name)}" if kind == follows.PROVINCE else reference
    except Invalid:
        return reference  # `Audience` reports it together with other faults


Followed = Annotated[str, StringConstraints(max_length=80), AfterValidator(_by_code)]


class Condition(NamedTuple):
    """The name of the field of `Audience` that is set, and its value."""

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
    province: list[MaybeProvince] | None = Field(None, min_length=1, description="names or HCP codes; '' for unknown")
    commune: list[MaybeCommune] | None = Field(None, min_length=1, description="names or HCP codes; '' for unknown")
    language: list[Code] | None = Field(None, min_length=1)
    channel: list[Code] | None = Field(None, min_length=1, description="reachable on one of these")
    joined_since: date | None = None
    source: list[Keyword] | None = Field(
        None, min_length=1, description="the keywords or deep links they first came by; '' for none"
    )
    follows: list[Followed] | None = Field(
        None, min_length=1, description="any of theme:CODE, commitment:PLAN/NUMBER, province:CODE or its name"
    )
    answered: Code | None = Field(None, description="completed this consultation")
    begun: Code | None = Field(None, description="began this consultation and did not complete it")
    asked: Code | None = Field(None, description="was invited to this consultation and did not begin it")
    registered: Code | None = Field(None, description="has a seat at this meeting or waits for one")
    not_contacted_since: date | None = Field(None, description="no campaign message since that day")

    @model_validator(mode="after")
    def _one_condition(self) -> Self:
        if len(self.model_fields_set) > 1:
            raise ValueError("a condition has one key; combine several with 'all' or 'any'")
        if any(getattr(self, name) is None for name in self.model_fields_set):
            raise ValueError("a condition needs a value; leave it out instead")
        if fault := next(self._faults(), None):
            raise ValueError(fault)
        if _depth(self) > _DEEPEST:
            raise ValueError(f"conditions are nested more than {_DEEPEST} deep")
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
            yield f"unknown language {_listed(unknown)}; known are {', '.join(LANGUAGES)}"
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
