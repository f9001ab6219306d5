"""`sawt consultation` and `sawt results`, as somebody who signed in runs them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from api import audit
from api.consultations.models import Consultation
from api.outbox.models import Delivery
from tests.consultations import main_consultation
from tests.proposals.office import published
from tests.proposals.test_rounds import create_round
from tests.seated import seated
from tests.terminal import Terminal
from tests.world import World


@pytest.fixture
def draft(tmp_path: Path) -> str:
    """A file that describes a consultation called "paths"."""
    file = tmp_path / "paths.json"
    file.write_text(json.dumps({**main_consultation(), "code": "paths"}), encoding="utf-8")
    return str(file)


async def acts(world: World) -> list[tuple[str, str]]:
    """Who did what to the consultation "paths", the oldest act first."""
    async with world.db.transaction() as session:
        found = (await audit.listed(session, subject="consultation paths")).items
    return [(each.who, each.act) for each in reversed(found)]


async def shown(terminal: Terminal, code: str, *options: str) -> Any:
    """What `sawt consultation show` says about a consultation, as JSON."""
    return json.loads((await terminal("consultation", "show", code, *options)).stdout)


async def test_a_draft_is_scheduled_in_moroccan_time_and_discarded_for_good(terminal: Terminal, draft: str) -> None:
    never = "paths is a draft; opens manually, closes manually.\n"
    assert (await terminal("consultation", "create", draft)).stderr == never
    times = ("--opens", "2090-12-01T10:00", "--closes", "2090-12-02T10:00")
    stands = "paths is a draft; opens on 01/12/2090 10:00, closes on 02/12/2090 10:00.\n"
    assert (await terminal("consultation", "schedule", "paths", *times)).stderr == stands
    assert (await terminal("consultation", "schedule", "paths")).stderr == never
    assert (await terminal("consultation", "discard", "paths")).stderr == "paths is deleted.\n"
    assert await terminal.refused("consultation", "discard", "paths") == "there is no consultation paths"
    assert (await terminal("consultation", "create", draft)).stderr == never
    assert "open since" in (await terminal("consultation", "open", "paths")).stderr
    refused = await terminal.refused("consultation", "discard", "paths")
    assert refused == "paths is open: only a draft can be discarded"


async def test_each_step_is_recorded_under_the_name_of_whoever_signed_in(
    quiet_world: World, terminal: Terminal, draft: str
) -> None:
    await terminal("consultation", "create", draft)
    await terminal("consultation", "edit", "paths", draft, who="idir")
    await terminal("consultation", "open", "paths", who="noor")
    await terminal("consultation", "close", "paths", "--yes", who="idir")
    assert await acts(quiet_world) == [
        ("amina", "consultation created"),
        ("idir", "consultation edited"),
        ("noor", "consultation opened"),
        ("idir", "consultation closed"),
    ]


async def test_what_is_shown_as_a_file_creates_the_same(terminal: Terminal, draft: str, tmp_path: Path) -> None:
    await terminal("consultation", "create", draft)
    written = await shown(terminal, "paths", "--file")
    file = tmp_path / "again.json"
    file.write_text(json.dumps({**written, "code": "again"}), encoding="utf-8")
    await terminal("consultation", "create", str(file))
    assert await shown(terminal, "again", "--file") == {**written, "code": "again"}
    assert (await terminal("consultation", "clone", "paths", "copy")).stderr.startswith("copy is a draft. Next: ")
    assert await shown(terminal, "copy", "--file") == {**written, "code": "copy"}
    one, two = [await shown(terminal, code, "--json") for code in ("paths", "copy")]
    assert (one["asked"], one["messages"]) == (two["asked"], two["messages"])
    assert "code: " in await terminal.refused("consultation", "clone", "paths", "Not A Code")


async def test_a_round_is_shown_as_a_file_and_what_no_longer_fits_is_said(
    quiet_world: World, terminal: Terminal, draft: str
) -> None:
    numbers = await published(quiet_world, "well", "bus")
    await create_round(quiet_world, "vote", numbers, kind="approve")
    [question] = (await shown(terminal, "vote", "--file"))["questions"]
    assert [each["reference"] for each in question["options"]] == ["well", "bus"]
    await terminal("consultation", "create", draft)
    async with quiet_world.db.transaction() as session:
        await session.execute(update(Consultation).where(Consultation.code == "paths").values(title={"fr": "x"}))
    refused = await terminal.refused("consultation", "show", "paths", "--file")
    assert refused.startswith("paths does not fit the present rules for consultations: title, ")


async def test_the_page_says_what_an_approver_approves(terminal: Terminal, draft: str) -> None:
    await terminal("consultation", "create", draft)
    page = (await terminal("consultation", "show", "paths", "--language", "fr")).stdout
    assert page.startswith("paths: ")
    for words in ("voters without a number: any; receipts: checked", "for the invited only: no", "SMS segment"):
        assert words in page
    every = (await terminal("consultation", "show", "paths")).stdout
    assert len(every) > len(page)


async def test_a_test_goes_to_a_phone(quiet_world: World, terminal: Terminal) -> None:
    to = ("--to", "+212600000011", "--language", "fr")
    queued = (await terminal("consultation", "try", "plan", *to)).stderr
    assert "Queued a test in fr on twilio, " in queued
    async with quiet_world.db.transaction() as session:
        assert len((await session.scalars(select(Delivery))).all()) == len(queued.splitlines())
    assert "phone number" in await terminal.refused("consultation", "try", "plan", "--to", "12")


async def test_the_list_and_the_counts_begin_with_the_newest(
    quiet_world: World, terminal: Terminal, draft: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    quiet_world.now.advance(seconds=1)
    await terminal("consultation", "create", draft)
    listed = (await terminal("consultation", "list")).stdout
    assert listed.index(" paths ") < listed.index(" plan ")
    person = await seated(quiet_world, "sms")
    await person.say("plan")
    await person.say("1")
    assert "(paths, draft)" in (await terminal("results")).stdout
    counts = json.loads((await terminal("results", "plan", "--json")).stdout)
    assert counts == (await quiet_world.results("plan")).model_dump(mode="json")
    table = (await terminal("results", "plan")).stdout
    assert "(plan, open)" in table
    assert "Live and exact counts" in " ".join(table.split())


async def test_without_a_consultation_there_are_no_counts(quiet_world: World, terminal: Terminal) -> None:
    async with quiet_world.db.transaction() as session:
        for each in await session.scalars(select(Consultation)):
            each.state = "draft"
    await terminal("consultation", "discard", "plan")
    assert await terminal.refused("results") == "There is no consultation yet."


@pytest.mark.parametrize("code", ["nowhere", "no/where", "[/x]\x1b[31m", "?limit=1#x", "..", ""])
async def test_what_is_typed_stays_a_code(terminal: Terminal, code: str) -> None:
    for words in (("open",), ("discard",), ("schedule",), ("close", "--yes"), ("show",)):
        refused = await terminal.refused("consultation", words[0], code, *words[1:])
        assert refused == f"there is no consultation {code}", words
    assert await terminal.refused("results", code) == f"there is no consultation {code}"


async def test_nobody_closes_by_mistake(terminal: Terminal) -> None:
    assert await terminal.refused("consultation", "close", "plan") == "not a terminal: pass --yes to confirm"


async def test_messages_left_at_providers_are_counted_roughly(quiet_world: World, terminal: Terminal) -> None:
    await terminal("consultation", "try", "plan", "--to", "+212600000011", "--language", "fr")
    async with quiet_world.db.transaction() as session:
        await session.execute(update(Delivery).values(forget_at=quiet_world.now()))
    closed = (await terminal("consultation", "close", "plan", "--yes")).stderr.splitlines()
    assert closed[-1] == "Messages that providers still keep: up to 10. The service deletes them by itself."
