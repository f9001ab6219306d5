"""Prices of SMS segments, by country and by road (the delivery route to a provider).

Prices are in millionths of a currency, each with the day on which it was read. These are pure rules without database
access.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from pydantic import Field
from sqlalchemy import ColumnElement, case, literal

from api.errors import Invalid
from api.strict_model import StrictModel

MILLION = 1_000_000  # money is counted in millionths, so that sums are exact even if a segment costs less than a cent
PAID = ("sms",)  # channels that cost money; a price without a road applies to all their roads


class Price(StrictModel, frozen=True):
    """A row of the price table. Without a road or a prefix, it applies to all roads or to all numbers."""

    road: str = ""
    prefix: str = Field(
        "", max_length=6, pattern=r"^(\+[0-9]*)?$", description="Beginning of the phone numbers, such as +212."
    )
    amount: float = Field(ge=0, le=100, description="Price of one SMS segment.")
    currency: str = Field(pattern="^[A-Z]{3}$")
    as_of: date = Field(description="Day on which the price was read from the provider.")
    source: str = Field("", max_length=200)

    @property
    def micros(self) -> int:
        """The price of one segment, in millionths of the currency."""
        return round(self.amount * MILLION)


class Prices:
    """The price table. Rows for one road take precedence over rows for all roads; then the longest prefix wins."""

    def __init__(self, rows: Sequence[Price] = ()) -> None:
        """Store the rows in order of precedence.

        Raises Invalid if they have several currencies, because the amounts could not be added up.
        """
        if len({row.currency for row in rows}) > 1:
            raise Invalid("the prices are in several currencies: use one currency for all prices")
        self.rows = tuple(sorted(rows, key=lambda row: (row.road == "", -len(row.prefix))))
        self.currency = rows[0].currency if rows else None

    @property
    def as_of(self) -> date | None:
        """The day on which the oldest of these prices was read."""
        return min((row.as_of for row in self.rows), default=None)

    def of(self, road: str, prefix: str | None) -> int | None:
        """Return the price of one segment to a number with this prefix, in millionths; None if no row applies."""
        rows = (row for row in self.rows if row.road in ("", road) and (prefix or "").startswith(row.prefix))
        return next((row.micros for row in rows), None)

    def sql_of(self, road: ColumnElement[str], prefix: ColumnElement[Any]) -> ColumnElement[int | None]:
        """Return the SQL expression for the price of one segment, in millionths; NULL if no row applies."""
        whens = []
        for row in self.rows:
            fits = literal(True) if not row.prefix else prefix.startswith(row.prefix)
            whens.append((fits if not row.road else (road == row.road) & fits, literal(row.micros)))
        return case(*whens, else_=None) if whens else literal(None)


def money(micros: int) -> float:
    """Convert millionths of a currency to an amount rounded to two decimals."""
    return round(micros / MILLION, 2)
