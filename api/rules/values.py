"""What the rules are, what each means, and which values it takes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Self

from pydantic import Field, field_validator

from api.routing.prices import Price, Prices
from api.settings import Settings
from api.strict_model import StrictModel
from api.suppression import FEWEST

_MANY = 10**9  # more people than there are


class Values(StrictModel, frozen=True):
    """One value for each rule. The settings of the same names are taken at the first start only."""

    approval_above: int = Field(
        100, ge=0, le=_MANY, description="people above whom somebody else than the author approves"
    )
    campaigns_per_week: int = Field(
        3, gt=0, le=1000, description="campaign messages a resident gets in seven days at most"
    )
    day_budget: float | None = Field(
        None, ge=0, le=1e9, description="money that campaigns may spend in a day at most; null: no limit"
    )
    prices: tuple[Price, ...] = Field((), description="of an SMS segment, by road and prefix, in one currency")
    ramadan: tuple[tuple[date, date], ...] = Field((), description="first and last days, on which other hours hold")
    smallest_count: int = Field(
        FEWEST,
        gt=0,
        le=10**6,
        description="ballots below which a consultation has no counts; kept with each when it opens; 1: live and "
        "exact, for demonstrations only",
    )

    @field_validator("approval_above", "campaigns_per_week", "day_budget", "smallest_count", mode="before")
    @classmethod
    def _number(cls, given: Any) -> Any:
        if isinstance(given, bool):  # it would be taken for 1 or 0
            raise ValueError("it is a number, and not true or false")
        return given

    @field_validator("prices")
    @classmethod
    def _one_currency(cls, given: tuple[Price, ...]) -> tuple[Price, ...]:
        if len({row.currency for row in given}) > 1:
            raise ValueError("the prices are in several currencies; put all of them in one")
        return given

    @field_validator("ramadan")
    @classmethod
    def _in_order(cls, given: tuple[tuple[date, date], ...]) -> tuple[tuple[date, date], ...]:
        if any(last < first for first, last in given):
            raise ValueError("the last day is before the first")
        return given

    @classmethod
    def of(cls, settings: Settings, prices: Sequence[Price] | None = None) -> Self:
        """The values with which an installation starts."""
        return cls(
            approval_above=settings.approval_above,
            campaigns_per_week=settings.campaigns_per_week,
            day_budget=settings.day_budget,
            prices=tuple(settings.prices if prices is None else prices),
            ramadan=tuple(settings.ramadan),
            smallest_count=settings.smallest_count,
        )

    def table(self) -> Prices:
        """The price table."""
        return Prices(self.prices)


MEANINGS = {name: field.description or "" for name, field in Values.model_fields.items()}
