"""One number in clear takes a reason, and the record says who saw whose number and why."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from api.pagination import PageRequest
from api.workflows import unmasking
from tests.api.office import call
from tests.campaigns.crowd import address, resident
from tests.terminal import Terminal
from tests.world import World

NUMBER = "+212600000077"
WHY = "the letter asks to be called back"


async def someone(world: World) -> int:
    number = await resident(world, channels=())
    async with world.db.transaction() as session:
        session.add(address(number, "sms", NUMBER))
    return number


async def test_a_number_is_shown_with_a_reason_and_recorded(quiet_world: World) -> None:
    number = await someone(quiet_world)
    before = quiet_world.now()
    answer = await call(quiet_world, "POST", f"/v1/residents/{number}/unmask", json={"reason": f" {WHY} "})
    assert answer.status_code == 200
    assert answer.json()["address"] == NUMBER
    until = datetime.fromisoformat(answer.json()["until"])
    assert before + timedelta(minutes=5) <= until <= quiet_world.now() + timedelta(minutes=5)
    (row,) = (await call(quiet_world, "GET", "/v1/residents/unmaskings")).json()["items"]
    assert (row["who"], row["subject"], row["channel"], row["reason"]) == ("amina", f"resident {number}", "sms", WHY)
    exported = (await call(quiet_world, "GET", "/v1/record/export")).text
    assert WHY in exported
    assert NUMBER[-8:] not in exported


@pytest.mark.parametrize(
    "reason",
    [
        "",
        "  x  ",
        "y" * 301,
        "call 06 00 00 00 77 back",
        "call +212600000077",
        "call ٠٦٠٠٠٠٠٠٧٧ back",
        "call 06/00/00/00/77",
        "call (06) 00 -- 00 / 00 . 77",
        "call 06_00_00_00_77",
        "+212 (6), 00, 00, 00, 77",
    ],
)
async def test_nothing_is_shown_without_a_reason_that_can_be_kept(quiet_world: World, reason: str) -> None:
    number = await someone(quiet_world)
    answer = await call(quiet_world, "POST", f"/v1/residents/{number}/unmask", json={"reason": reason})
    assert answer.status_code == 422
    async with quiet_world.db.transaction() as session:
        assert (await unmasking.listed(session, PageRequest())).items == []


async def test_who_has_no_number_there_is_said(quiet_world: World) -> None:
    number = await someone(quiet_world)
    for path, body in ((number, {"channel": "telegram"}), (number + 1, {})):
        answer = await call(quiet_world, "POST", f"/v1/residents/{path}/unmask", json={"reason": WHY, **body})
        assert answer.status_code == 404
    await call(quiet_world, "POST", f"/v1/residents/{number}/erase", json={})
    answer = await call(quiet_world, "POST", f"/v1/residents/{number}/unmask", json={"reason": WHY})
    assert answer.status_code == 404


async def test_the_command_does_the_same(
    quiet_world: World, terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = await someone(quiet_world)
    monkeypatch.setenv("COLUMNS", "200")
    shown = await terminal("resident", "unmask", str(number), "--reason", WHY, who="idir")
    assert shown.stdout == f"{NUMBER}\n"
    assert "reason" in await terminal.refused("resident", "unmask", str(number), "--reason", "")
    listed = await terminal("resident", "unmaskings")
    assert all(each in listed.stdout for each in ("idir", f"resident {number}", WHY))
    async with quiet_world.db.transaction() as session:
        (row,) = (await unmasking.listed(session, PageRequest())).items
    assert (row.who, row.via) == ("idir", "api")
