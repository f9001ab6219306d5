"""The rules: what each rule means, and which values it accepts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Self

from pydantic import Field, field_validator

from api.routing.prices import Price, Prices
from api.settings import Settings
from api.strict_model import StrictModel
from api.suppression import FEWEST

_MANY = 10**9  # an upper limit: more than the population


class Values(StrictModel, frozen=True):
    """One value for each rule. Settings with the same names only apply at the first start."""

    approval_above: int = Field(
        100,
        ge=0,
        le=_MANY,
        description="number of recipients above which someone other than the author must approve a campaign",
    )
    campaigns_per_week: int = Field(
        3, gt=0, le=1000, description="maximum number of campaign messages to a resident in seven days"
    )
    day_budget: float | None = Field(
        None, ge=0, le=1e9, description="maximum amount that all campaigns can spend in a day; null: no limit"
    )
    prices: tuple[Price, ...] = Field((), description="prices of an SMS segment, by road and prefix, in one currency")
    ramadan: tuple[tuple[date, date], ...] = Field(
        (), description="first and last day of each Ramadan, when other sending hours apply"
    )
    smallest_count: int = Field(
        FEWEST,
        gt=0,
        le=10**6,
        description=(
            "minimum number of ballots for showing a count; fixed when a consultation opens; 1 shows live "
            "and exact counts, for demonstrations only"
        ),
    )

    @field_validator("approval_above", "campaigns_per_week", "day_budget", "smallest_count", mode="before")
    @classmethod
    def _number(cls, value: Any) -> Any:
        if isinstance(value, bool):  # a bool would pass as 1 or 0
            raise ValueError("the value must be a number, not true or false")
        return value

    @field_validator("prices")
    @classmethod
    def _one_currency(cls, prices: tuple[Price, ...]) -> tuple[Price, ...]:
        if len({row.currency for row in prices}) > 1:
            raise ValueError("all prices must be in one currency")
        return prices

    @field_validator("ramadan")
    @classmethod
    def _in_order(cls, periods: tuple[tuple[date, date], ...]) -> tuple[tuple[date, date], ...]:
        if any(last < first for first, last in periods):
            raise ValueError("the last day of a period is before its first day")
        return periods

    @classmethod
    def of(cls, settings: Settings, prices: Sequence[Price] | None = None) -> Self:
        """Return the values with which an installation starts: from the settings, and `prices` if they are given."""
        return cls(
            approval_above=settings.approval_above,
            campaigns_per_week=settings.campaigns_per_week,
            day_budget=settings.day_budget,
            prices=tuple(settings.prices if prices is None else prices),
            ramadan=tuple(settings.ramadan),
            smallest_count=settings.smallest_count,
        )

    def table(self) -> Prices:
        """Return the prices of SMS segments as a `Prices` table."""
        return Prices(self.prices)


MEANINGS = {name: field.description or "" for name, field in Values.model_fields.items()}
