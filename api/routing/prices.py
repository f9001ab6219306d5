"""Prices: what a segment costs on a road to a country, in millionths of a currency, as read on a day; pure rules."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from pydantic import Field
from sqlalchemy import ColumnElement, case, literal

from api.errors import Invalid
from api.strict_model import StrictModel

MILLION = 1_000_000  # money is counted in millionths: a segment may cost less than a cent, and sums stay exact
PAID = ("sms",)  # the channels that take money: a price without a road fits all roads, but of these only


class Price(StrictModel, frozen=True):
    """One row of the price table. What is left out fits every road, every number."""

    road: str = ""
    prefix: str = Field("", max_length=6, pattern=r"^(\+[0-9]*)?$", description="of the number: +212")
    amount: float = Field(ge=0, le=100, description="of one segment")
    currency: str = Field(pattern="^[A-Z]{3}$")
    as_of: date = Field(description="the day it was read from the provider")
    source: str = Field("", max_length=200)

    @property
    def micros(self) -> int:
        """The amount in millionths."""
        return round(self.amount * MILLION)


class Prices:
    """The price table. The most exact row counts: first those of a road, then the longest prefix."""

    def __init__(self, rows: Sequence[Price] = ()) -> None:
        """Raises Invalid where the rows have several currencies: a budget could not add them up."""
        if len({row.currency for row in rows}) > 1:
            raise Invalid("the prices are in several currencies; put all of them in one")
        self.rows = tuple(sorted(rows, key=lambda row: (row.road == "", -len(row.prefix))))
        self.currency = rows[0].currency if rows else None

    @property
    def as_of(self) -> date | None:
        """The day on which the oldest of them was read."""
        return min((row.as_of for row in self.rows), default=None)

    def of(self, road: str, prefix: str | None) -> int | None:
        """Millionths for one segment; None where no row fits."""
        fitting = (row for row in self.rows if row.road in ("", road) and (prefix or "").startswith(row.prefix))
        found = next(fitting, None)
        return found.micros if found is not None else None

    def priced(self, road: ColumnElement[str], prefix: ColumnElement[Any]) -> ColumnElement[int | None]:
        """The same as SQL, for all at once."""
        whens = []
        for row in self.rows:
            fits = literal(True) if not row.prefix else prefix.startswith(row.prefix)
            whens.append((fits if not row.road else (road == row.road) & fits, literal(row.micros)))
        return case(*whens, else_=None) if whens else literal(None)


def money(micros: int) -> float:
    """Millionths as people write them, to the hundredth."""
    return round(micros / MILLION, 2)
