"""The price table: the most specific row applies, in SQL as in Python, and a budget has one currency."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import String, column, select, values

from api.db import Database
from api.errors import Invalid
from api.routing.prices import MILLION, Price, Prices, money

DAY = date(2026, 11, 1)
PREFIXES = ("", "+", "+212", "+2126", "+21260", "+33")


def price(amount: float, *, road: str = "", prefix: str = "", **more: Any) -> Price:
    return Price.model_validate(
        {"amount": amount, "road": road, "prefix": prefix, "currency": "USD", "as_of": DAY, **more}
    )


TABLE = Prices(
    [price(0.5), price(0.2, prefix="+212"), price(0.1, prefix="+2126"), price(0.9, road="two"),
     price(0.3, road="two", prefix="+212")]
)  # fmt: skip


@pytest.mark.parametrize(
    ("road", "prefix", "amount"),
    [
        ("one", "+21260", 0.1),
        ("one", "+21250", 0.2),
        ("one", "+33600", 0.5),
        ("one", None, 0.5),
        ("two", "+21260", 0.3),  # a road's own price wins over a longer prefix
        ("two", "+33600", 0.9),
    ],
)
def test_the_most_exact_row_counts(road: str, prefix: str | None, amount: float) -> None:
    assert TABLE.of(road, prefix) == round(amount * MILLION)


def test_without_a_row_there_is_no_price() -> None:
    assert Prices().of("one", "+21260") is None
    assert Prices([price(0.1, prefix="+33")]).of("one", "+21260") is None
    assert (Prices().currency, Prices().as_of) == (None, None)


def test_prices_are_in_one_currency_and_as_old_as_the_oldest() -> None:
    with pytest.raises(Invalid, match="several currencies"):
        Prices([price(0.1), price(0.1, currency="MAD")])
    old = date(2025, 1, 2)
    prices_ = Prices([price(0.1), price(0.2, prefix="+33", as_of=old)])
    assert (prices_.currency, prices_.as_of) == ("USD", old)


def test_money_is_exact_in_millionths() -> None:
    assert price(0.0075).micros == 7_500
    assert sum(price(0.1).micros for _ in range(3)) == 300_000
    assert money(1_235_000) == 1.24


@pytest.fixture(scope="module")
async def db(databases: Any) -> AsyncIterator[Database]:
    database = Database(await databases.fresh())
    yield database
    await database.close()


ROWS = st.lists(
    st.builds(price, st.floats(0, 100), road=st.sampled_from(("", "1", "2")), prefix=st.sampled_from(PREFIXES)),
    max_size=6,
)
PEOPLE = st.lists(
    st.tuples(st.sampled_from(("1", "2", "3")), st.sampled_from((None, "+21260", "+21250", "+33600"))), min_size=1
)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ROWS, PEOPLE)
async def test_sql_prices_as_python_does(db: Database, rows: list[Price], people: list[tuple[str, str | None]]) -> None:
    prices = Prices(rows)
    people_table = values(column("road", String), column("prefix", String), name="people").data(people).cte()
    road, prefix = people_table.c.road, people_table.c.prefix
    priced = select(road, prefix, prices.sql_of(road, prefix))
    async with db.transaction() as session:
        rows_priced = (await session.execute(priced)).all()
    assert len(rows_priced) == len(people)
    for road, prefix, micros in rows_priced:
        assert micros == prices.of(road, prefix)
