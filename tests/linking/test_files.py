"""Residents over /v1: looked up by a number that is never returned, shown, erased, parted; each act is recorded."""

from __future__ import annotations

from typing import Any

import pytest

from api.routing import phones
from tests.api.office import call
from tests.linking.acts import address_of, are_linked, shown_code, vote_to_the_end
from tests.people import Person, joined
from tests.world import World

HERE = "/v1/residents"


async def file_of(world: World, person: Person, *, who: str = "amina", status: int = 200) -> dict[str, Any]:
    """The record of a person, looked up by their number or chat."""
    channel, address = address_of(person)
    payload = {"channel": channel, "address": address}
    answer = await call(world, "POST", f"{HERE}/find", json=payload, who=who)
    assert answer.status_code == status, answer.text
    assert address not in answer.text
    file: dict[str, Any] = answer.json()
    return file


async def acts(world: World, resident: int) -> list[tuple[str, str]]:
    """Who did what with a resident, oldest first."""
    listed = (await call(world, "GET", f"{HERE}/acts", params={"resident": resident})).json()["items"]
    assert {each["subject"] for each in listed} <= {f"resident {resident}"}
    return [(each["who"], each["act"]) for each in reversed(listed)]


@pytest.mark.parametrize("channel", ["sms", "telegram"])
async def test_found_seen_and_no_whole_number_or_choice(world: World, channel: str) -> None:
    person = await joined(world, channel, "fr")
    receipt = await vote_to_the_end(person, 2)
    file = await file_of(world, person)
    _, address = address_of(person)
    assert file["addresses"] == [{"channel": channel, "masked": phones.masked(address), "state": "active"}]
    assert (file["state"], file["language"], file["province"]) == ("active", "fr", "01.571")
    # It is open: see tests/results/test_steps.py.
    assert (file["consultations"], file["consent"]["granted"]) == (
        [],
        True,
    )
    assert (file["ideas"], file["seats"], file["letters"], file["assisting"]) == ([], [], [], False)
    shown = await call(world, "GET", f"{HERE}/{file['number']}", who="karim")
    assert shown.json() == file
    assert receipt not in shown.text
    assert await acts(world, file["number"]) == [("amina", "find"), ("karim", "show")]


async def test_erased_once_and_nobody_is_found_by_the_hash_left(own_world: World) -> None:
    person = await joined(own_world, "sms", "fr")
    number = (await file_of(own_world, person))["number"]
    for status in (200, 409):
        answer = await call(own_world, "POST", f"{HERE}/{number}/erase")
        assert answer.status_code == status
    file = await file_of(own_world, person)  # until the hash is forgotten: see docs/receipts.md
    assert (file["state"], file["addresses"]) == ("erased", [{"channel": "sms", "masked": "", "state": "erased"}])
    assert await acts(own_world, number) == [("amina", "find"), ("amina", "erase"), ("amina", "find")]


async def test_a_merge_is_undone_within_a_day_and_not_after(own_world: World) -> None:
    phone, app = await joined(own_world, "sms", "fr"), await joined(own_world, "telegram", "fr")
    for day in range(2):
        await app.say("LIER")
        await phone.say(f"LIER {shown_code(app)}")
        await app.say("oui")
        merge = (await call(own_world, "GET", f"{HERE}/merges")).json()["items"][0]
        assert (merge["can_be_undone"], merge["how"]) == (True, "code")
        if day:
            own_world.now.advance(days=1)
        undo = f"{HERE}/merges/{merge['number']}/undo"
        answer = await call(own_world, "POST", undo)
        assert answer.status_code == (409 if day else 200), answer.text
        assert await are_linked(own_world, phone, app) is bool(day)
    assert (await call(own_world, "GET", f"{HERE}/merges")).json()["items"][0]["can_be_undone"] is False
    for number in (merge["stays"], merge["went"]):
        assert await acts(own_world, number) == [("amina", "undo merge")]


@pytest.mark.parametrize(
    ("method", "path", "payload", "status"),
    [
        ("GET", "/999999", None, 404), ("GET", "/0", None, 422),
        ("POST", "/999999/erase", None, 404), ("POST", "/0/erase", None, 422),
        ("POST", "/merges/999999/undo", None, 404), ("POST", "/merges/0/undo", None, 422),
        ("POST", "/find", {"address": "+212600000000"}, 404),
        ("POST", "/find", {"address": ""}, 422),
        ("POST", "/find", {"channel": "fax", "address": "1"}, 422),
        ("POST", "/find", {"address": "\u0000"}, 422),
        ("GET", f"/{2**63}", None, 422),
    ],
    ids=range(11),
)  # fmt: skip
async def test_what_is_refused(world: World, method: str, path: str, payload: Any, status: int) -> None:
    answer = await call(world, method, f"{HERE}{path}", json=payload)
    assert answer.status_code == status, answer.text
    assert "+2126" not in answer.text


@pytest.mark.parametrize(("method", "path"), [("GET", "/1"), ("POST", "/1/erase"), ("POST", "/merges/1/undo")])
@pytest.mark.parametrize("who", [None, " "])
async def test_nobody_looks_or_acts_without_a_name(world: World, method: str, path: str, who: str | None) -> None:
    assert (await call(world, method, f"{HERE}{path}", who=who)).status_code == 422
