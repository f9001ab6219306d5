"""The rules come from the database, whatever a caller's environment says, through every entry and in every process."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select
from typer.testing import CliRunner, Result

from api import audit
from api.consultations.models import Consultation
from api.db import Database
from api.pagination import PageRequest
from api.routing.prices import Price
from api.rules import service
from api.rules.service import Book
from api.rules.values import MEANINGS, Values
from api.settings import Settings
from sawt.__main__ import cli
from tests.api.office import call
from tests.campaigns.crowd import resident
from tests.campaigns.office import NEWS, make, take
from tests.conftest import Databases
from tests.consultations import main_consultation
from tests.world import KEYS, World, quiet

_NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
CENTS = {"prefix": "+212", "amount": 0.1, "currency": "USD", "as_of": "2026-11-01"}


async def put(world: World, name: str, value: Any, who: str = "amina") -> Any:
    return await call(world, "PUT", f"/v1/rules/{name}", json={"value": value}, who=who)


async def test_a_rule_is_set_with_an_actor_and_recorded(quiet_world: World) -> None:
    before = (await call(quiet_world, "GET", "/v1/rules")).json()["items"]
    assert [each["name"] for each in before] == list(MEANINGS)
    assert {each["who"] for each in before} == {None}
    assert (await put(quiet_world, "approval_above", 7)).json()["value"] == 7
    after = {each["name"]: each for each in (await call(quiet_world, "GET", "/v1/rules")).json()["items"]}
    assert (after["approval_above"]["value"], after["approval_above"]["who"]) == (7, "amina")
    (change,) = (await call(quiet_world, "GET", "/v1/rules/changes")).json()["items"]
    assert (change["name"], change["value"], change["who"]) == ("approval_above", 7, "amina")
    async with quiet_world.db.transaction() as session:
        (act,) = (await audit.listed(session, PageRequest(limit=1))).items
        assert (act.who, act.act, act.subject) == ("amina", "rule set", "rule approval_above")


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("approval_above", -1, "approval_above"),
        ("approval_above", "many", "approval_above"),
        ("approval_above", None, "approval_above"),
        ("prices", [CENTS, {**CENTS, "currency": "MAD"}], "one currency"),
        ("ramadan", [["2027-03-09", "2027-02-08"]], "before its first day"),
        ("smallest_count", 0, "smallest_count"),
        ("day_budget", -1, "day_budget"),
    ],
)
async def test_what_a_rule_cannot_be(world: World, name: str, value: Any, words: str) -> None:
    answer = await put(world, name, value)
    assert (answer.status_code, words in answer.json()["detail"]) == (422, True), answer.text


async def test_there_is_no_such_rule(world: World) -> None:
    assert (await put(world, "nonsense", 1)).status_code == 404
    assert (await call(world, "PUT", "/v1/rules/approval_above", json={"value": 1}, who=None)).status_code == 422


async def test_the_service_heeds_them_at_once(desk: World) -> None:
    for _ in range(2):
        await resident(desk)
    campaign = await make(desk, NEWS)
    await take(desk, campaign, "submit", who="amina")
    await put(desk, "approval_above", 1)
    await put(desk, "prices", [CENTS])
    path = f"/v1/campaigns/{campaign}"
    assert (await call(desk, "GET", f"{path}/preview")).json()["price"] == 0.2
    refused = await call(desk, "POST", f"{path}/approve", who="Amina")
    assert (refused.status_code, "for more than 1," in refused.json()["detail"]) == (403, True)
    assert (await call(desk, "POST", f"{path}/approve", who="idir")).status_code == 200


async def test_another_process_learns_of_it(desk: World) -> None:
    book = Book(Values(approval_above=3))
    async with desk.db.transaction() as session:
        assert (await book.renew(session)).approval_above == 3
    await put(desk, "approval_above", 5)
    async with desk.db.transaction() as session:
        assert (await book.renew(session)).approval_above == 5


async def test_what_is_claimed_is_paid_at_the_price_in_force(desk: World) -> None:
    await put(desk, "prices", [CENTS])
    await put(desk, "day_budget", 2)
    means = desk.service.means
    async with desk.db.transaction() as session:
        await means.book.renew(session)
    assert (means.prices_on("sms").of("twilio", "+212"), means.day_ceiling_on("sms")) == (100_000, 2_000_000)
    assert (means.prices_on("telegram").rows, means.day_ceiling_on("telegram")) == ((), None)


async def test_settings_are_for_the_first_start_only(quiet_world: World) -> None:
    first = Values.of(Settings(_env_file=None, approval_above=7, prices=[Price.model_validate(CENTS)]))
    later = first.model_copy(update={"approval_above": 8})
    async with quiet_world.db.transaction() as session:
        assert await service.seed(session, first, now=_NOW) == []
        assert await service.seed(session, first, now=_NOW) == []
        assert await service.seed(session, later, now=_NOW) == ["approval_above"]
        assert len((await service.history(session)).items) == len(MEANINGS)
        assert await Book().renew(session) == first


def test_a_shell_changes_no_rule(databases: Databases, monkeypatch: pytest.MonkeyPatch) -> None:
    url = asyncio.run(databases.fresh())
    asyncio.run(peopled(url))
    shell = {"DATABASE_URL": url, "KEYS": KEYS, "APPROVAL_ABOVE": "99999", "SMALLEST_COUNT": "1"}
    for name, value in {**shell, "PRICES": json.dumps([CENTS])}.items():
        monkeypatch.setenv(f"SAWT_{name}", value)
    assert "price: unknown" in sawt("campaign", "preview", "1").stdout
    assert sawt("rules", "set", "approval_above", "1", "--as", "amina").exit_code == 0
    refused = sawt("campaign", "approve", "1", "--as", "Amina")
    assert "for more than 1," in str(refused.exception)
    assert sawt("consultation", "open", "later", "--as", "amina").exit_code == 0
    assert asyncio.run(smallest(url)) == 10
    assert "approval_above" in sawt("rules", "history").stdout
    assert "not JSON" in str(sawt("rules", "set", "approval_above", "many", "--as", "amina").exception)


async def peopled(url: str) -> None:
    """Two residents, a submitted campaign by amina, and a draft consultation."""
    async with quiet(url) as world:
        for _ in range(2):
            await resident(world)
        await take(world, await make(world, NEWS, urgent=True), "submit", who="amina")
        await call(world, "POST", "/v1/consultations", json={**main_consultation(), "code": "later"})


async def smallest(url: str) -> int:
    """The smallest count of the opened consultation."""
    db = Database(url)
    async with db.transaction() as session:
        smallest_count = await session.scalar(select(Consultation.smallest_count).filter_by(code="later"))
    await db.close()
    assert smallest_count is not None
    return smallest_count


def sawt(*words: str) -> Result:
    return CliRunner().invoke(cli, words)
