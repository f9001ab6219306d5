"""The rules come from the database, whatever a caller's environment says, through every entry and in every process."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from api import audit
from api.consultations.models import Consultation
from api.pagination import PageRequest
from api.routing.prices import Price
from api.rules import service
from api.rules.service import Book
from api.rules.values import MEANINGS, Values
from api.settings import Settings
from tests.api.office import call
from tests.campaigns.crowd import resident
from tests.campaigns.office import NEWS, make, take
from tests.consultations import main_consultation
from tests.terminal import Terminal
from tests.world import World

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


async def test_the_command_lists_and_sets_rules(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "300")
    assert (await terminal("rules", "set", "approval_above", "1")).stderr == "approval_above is 1.\n"
    assert "idir" not in (await terminal("rules", "history")).stdout
    await terminal("rules", "set", "prices", "-", typed=json.dumps([CENTS]), who="idir")
    changes = (await terminal("rules", "history")).stdout
    assert ("approval_above" in changes, "idir" in changes) == (True, True)
    listed = (await terminal("rules", "list")).stdout
    assert all(name in listed for name in MEANINGS)
    for value in ("many", "NaN", "1e999"):
        assert "not JSON" in await terminal.refused("rules", "set", "day_budget", value)
    assert "there is no rule" in await terminal.refused("rules", "set", "day budget", "1")


async def test_a_shell_changes_no_rule(desk: World, terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"APPROVAL_ABOVE": "99999", "PRICES": json.dumps([CENTS])}.items():
        monkeypatch.setenv(f"SAWT_{name}", value)
    for _ in range(2):
        await resident(desk)
    await take(desk, await make(desk, NEWS, urgent=True), "submit", who="amina")
    assert "price: unknown" in (await terminal("campaign", "preview", "1")).stdout
    await put(desk, "approval_above", 1)
    assert "for more than 1," in await terminal.refused("campaign", "approve", "1", who="Amina")


async def test_a_shell_changes_no_rule_of_a_consultation(
    quiet_world: World, terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAWT_SMALLEST_COUNT", "1")
    await put(quiet_world, "smallest_count", 20)
    await terminal("consultation", "create", "-", typed=json.dumps({**main_consultation(), "code": "later"}))
    await terminal("consultation", "open", "later")
    async with quiet_world.db.transaction() as session:
        assert await session.scalar(select(Consultation.smallest_count).filter_by(code="later")) == 20
