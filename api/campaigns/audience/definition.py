"""Who is meant: conditions that staff write as data."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from api.errors import Invalid
from api.i18n import LANGUAGES
from api.region.lookup import MaybeCommune, MaybeProvince, province
from api.residents import follows
from api.strict_model import StrictModel

_DEEPEST = 5  # levels of all, any and not
Code = Annotated[str, StringConstraints(max_length=24)]
Keyword = Annotated[str, StringConstraints(max_length=64, to_lower=True)]  # kept in small letters (`dialogue/store`)


def _by_code(followed: str) -> str:
    """What is followed; a province that is named, by its code."""
    kind, _, written = followed.partition(":")
    try:
        return f"{kind}:{province(written)}" if kind == follows.PROVINCE else followed
    except Invalid:
        return followed  # said with the other faults


Followed = Annotated[str, StringConstraints(max_length=80), AfterValidator(_by_code)]


class Audience(StrictModel, populate_by_name=True):
    """One condition on residents; `all`, `any` and `not` join others. An empty one means everybody.

    Who they are:       {"province": ["01.571"]}   {"commune": ["01.571.01.07", ""]}   {"language": ["ar", "zgh"]}
                        {"channel": ["telegram"]}   {"joined_since": "2026-11-01"}   {"source": ["plan"]}
    What they follow:   {"follows": ["theme:water", "commitment:plan-code/3", "province:01.571"]}
    What they did:      {"answered": "plan"}   {"begun": "plan"}   {"asked": "plan"}; once it is closed, who has a
                        ballot in it "answered", and nobody has "begun"
                        {"registered": "tetouan"}
    What they got:      {"not_contacted_since": "2026-11-01"}
    Joined:             {"all": [{"language": ["ar"]}, {"not": {"answered": "plan"}}]}
    For a reminder:     {"any": [{"begun": "plan"}, {"asked": "plan"}]}, who began and stopped, or never began.

    A list means any of its entries; '' stands for those of whom nothing is known. The commune is known of those only
    who named their town, and is one of the 146 by HCP code.
    """

    all_of: list[Audience] | None = Field(None, alias="all", min_length=1, max_length=20)
    any_of: list[Audience] | None = Field(None, alias="any", min_length=1, max_length=20)
    not_: Audience | None = Field(None, alias="not")
    province: list[MaybeProvince] | None = Field(
        None, min_length=1, description="names or HCP codes; '' for those who did not say"
    )
    commune: list[MaybeCommune] | None = Field(
        None, min_length=1, description="names or HCP codes; '' for those who named none"
    )
    language: list[Code] | None = Field(None, min_length=1)
    channel: list[Code] | None = Field(None, min_length=1, description="can be reached on one of these")
    joined_since: date | None = None
    source: list[Keyword] | None = Field(
        None, min_length=1, description="posters' keywords and deep links they came by first; '' for none"
    )
    follows: list[Followed] | None = Field(
        None, min_length=1, description="one of these: theme:CODE, commitment:PLAN/NUMBER, province:CODE or its name"
    )
    answered: Code | None = Field(None, description="came to the end of this consultation")
    begun: Code | None = Field(None, description="began this consultation and did not come to its end")
    asked: Code | None = Field(None, description="was invited to this consultation and did not begin it")
    registered: Code | None = Field(None, description="has a seat at this meeting, or waits for one")
    not_contacted_since: date | None = Field(None, description="no campaign message since that day")

    @model_validator(mode="after")
    def _one_condition(self) -> Self:
        if len(self.model_fields_set) > 1:
            raise ValueError("each condition says one thing; join several by 'all' or 'any'")
        if any(getattr(self, name) is None for name in self.model_fields_set):
            raise ValueError("a condition without a value says nothing; leave it out")
        if fault := next(self._faults(), None):
            raise ValueError(fault)
        if _depth(self) > _DEEPEST:
            raise ValueError(f"conditions are nested more than {_DEEPEST} deep")
        return self

    @property
    def said(self) -> tuple[str, Any] | None:
        """The one condition: its name here and its value; None where everybody is meant."""
        return next(((name, getattr(self, name)) for name in self.model_fields_set), None)

    def _faults(self) -> Iterator[str]:
        if unknown := set(self.language or ()) - set(LANGUAGES):
            yield f"no language {_listed(unknown)}; there are {', '.join(LANGUAGES)}"
        for each in self.follows or ():
            try:
                follows.check(*followed(each))
            except Invalid as fault:
                yield str(fault)


def followed(text: str) -> tuple[str, str]:
    """The kind and the reference that "theme:water" speaks of."""
    kind, _, ref = text.partition(":")
    return kind, ref


def _listed(unknown: set[str]) -> str:
    return ", ".join(sorted(unknown))


def _depth(audience: Audience) -> int:
    inner = [*(audience.all_of or ()), *(audience.any_of or ()), *((audience.not_,) if audience.not_ else ())]
    return 1 + max((_depth(each) for each in inner), default=0)
