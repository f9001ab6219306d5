"""Rules with odd values: none is accepted, and a stored one does not keep the others from being read."""

from __future__ import annotations

from typing import Any

import pytest

from api.rules.models import RuleChange
from api.rules.service import Book
from tests.api.office import call
from tests.world import World


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("campaigns_per_week", 10**30), ("approval_above", 10**30), ("approval_above", True), ("smallest_count", True),
        ("day_budget", True),
        ("prices", [{"amount": 1, "currency": "USD", "as_of": "2026-01-01", "prefix": "+\u0661"}]),
    ],
)  # fmt: skip
async def test_an_odd_value_is_refused_and_the_rules_can_still_be_read(desk: World, name: str, value: Any) -> None:
    answer = await call(desk, "PUT", f"/v1/rules/{name}", json={"value": value})
    assert answer.status_code == 422
    assert (await call(desk, "GET", "/v1/rules")).status_code == 200


async def test_a_stored_value_that_cannot_be_read_can_be_set_again(desk: World) -> None:
    async with desk.db.transaction() as session:
        session.add(RuleChange(name="approval_above", value=1e30, who="amina", at=desk.now()))
        session.add(RuleChange(name="campaigns_per_week", value=7, who="amina", at=desk.now()))
    rules = {each["name"]: each["value"] for each in (await call(desk, "GET", "/v1/rules")).json()["items"]}
    assert (rules["campaigns_per_week"], rules["approval_above"]) == (7, desk.settings.approval_above)
    assert (await call(desk, "PUT", "/v1/rules/approval_above", json={"value": 3})).status_code == 200
    rules = {each["name"]: each["value"] for each in (await call(desk, "GET", "/v1/rules")).json()["items"]}
    assert rules["approval_above"] == 3


async def test_a_rule_whose_number_is_lower_and_comes_later_is_learned(desk: World) -> None:
    book = Book()
    for number, name, value in ((1000, "campaigns_per_week", 5), (900, "approval_above", 2)):
        async with desk.db.transaction() as session:
            session.add(RuleChange(id=number, name=name, value=value, who="amina", at=desk.now()))
        async with desk.db.transaction() as session:
            await book.renew(session)
    assert (book.values.campaigns_per_week, book.values.approval_above) == (5, 2)
