"""Proposals, rounds on them, and what became of them, as signed-in staff work in a terminal."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from api.rules import service as rules
from tests.campaigns.crowd import resident
from tests.commitments.plans import plan
from tests.consultations import words
from tests.proposals.office import draft, idea, published
from tests.proposals.test_chain import ANSWER
from tests.proposals.test_pictures import png
from tests.proposals.test_rounds import create_round
from tests.terminal import Terminal
from tests.world import World


@pytest.fixture
async def numbers(quiet_world: World) -> list[int]:
    """Two ideas, each from another person. Few votes decide, too."""
    async with quiet_world.db.transaction() as session:
        await rules.change(session, rules.Book(), "smallest_count", 1, who="amina", now=quiet_world.now())
    return [await idea(quiet_world, await resident(quiet_world)) for _ in range(2)]


async def shown(terminal: Terminal, code: str) -> Any:
    """A proposal as its command shows it."""
    return json.loads((await terminal("proposal", "show", code)).stdout)


async def test_proposals(terminal: Terminal, numbers: list[int]) -> None:
    await terminal("idea", "read", str(numbers[0]))
    created = await terminal("proposal", "create", "-", typed=json.dumps(draft("well", numbers[0])))
    assert created.stderr == "well is draft, proposal 1.\n"
    await terminal("proposal", "edit", "well", "-", typed=json.dumps({"theme": "roads"}))
    assert (await shown(terminal, "well"))["theme"] == "roads"
    for step in ("publish", "choose"):
        await terminal("proposal", step, "well", who="idir")
    await terminal("proposal", "answer", "well", "-", typed=json.dumps(ANSWER))
    details = await shown(terminal, "well")
    assert (details["state"], details["answer"], details["ideas"]) == ("chosen", ANSWER, [numbers[0]])
    assert details["steps"][-2]["who"] == "idir"
    assert "well" in (await terminal("proposal", "list", "--state", "chosen")).stdout
    assert "none" in (await terminal("proposal", "list", "--commitment", "plan-x/1")).stderr
    unknown = await terminal.refused("proposal", "commit", "well", "none", "1")
    assert "there is no commitment none/1" in unknown
    await terminal("proposal", "withdraw", "well")
    assert "title" in await terminal.refused("proposal", "create", "-", typed="{}")
    assert "nowhere" in await terminal.refused("proposal", "publish", "nowhere")
    assert "no?where" in await terminal.refused("proposal", "show", "no?where")  # quoted in the path


async def test_a_list_names_the_vote_that_is_not_over(quiet_world: World, terminal: Terminal) -> None:
    one, two = await published(quiet_world, "well", "bus")
    await published(quiet_world, "tram")
    await create_round(quiet_world, "vote-1", [one, two], kind="approve")
    rows = (await terminal("proposal", "list")).stdout.splitlines()
    listed = {code: next(row for row in rows if f" {code} " in row) for code in ("well", "bus", "tram")}
    assert {code: "vote-1" in row for code, row in listed.items()} == {"well": True, "bus": True, "tram": False}


async def test_a_round_and_where_a_commitment_came_from(terminal: Terminal, numbers: list[int]) -> None:
    for place, number in enumerate(numbers, start=1):
        await terminal("idea", "read", str(number))
        await terminal("proposal", "create", "-", typed=json.dumps(draft(f"p-{place}", number)))
        await terminal("proposal", "publish", f"p-{place}")
    proposals = [(await shown(terminal, f"p-{place}"))["number"] for place in (1, 2)]
    order = ["round", "create", "vote-1", *map(str, proposals), "--kind", "up_to", "--most", "1", "--threshold", "1"]
    title = json.dumps({"title": words("ours")})
    text = (await terminal(*order, "--closes", "2030-01-01T10:00", "--words", "-", typed=title)).stderr
    assert "vote-1 is a draft; opens manually, closes on 01/01/2030 10:00" in text
    await terminal("consultation", "open", "vote-1")
    await terminal("consultation", "close", "vote-1", "--yes")
    assert (await shown(terminal, "p-1"))["state"] == "not_chosen"
    again = ("round", "create", "vote-2", *map(str, proposals), "--kind", "up_to")
    assert "'most' is required for the kind 'up_to'" in await terminal.refused(*again)
    await terminal("proposal", "choose", "p-1")
    await terminal("proposal", "pass-over", "p-2")
    await terminal("commitment", "plan", "-", typed=json.dumps(plan("plan-x")))
    await terminal("commitment", "put", "plan-x", "-", typed=json.dumps({"number": 4, "title": words("water")}))
    await terminal("proposal", "commit", "p-1", "plan-x", "4")
    (origin,) = json.loads((await terminal("commitment", "show", "plan-x", "4")).stdout)["came_from"]
    assert (origin["proposal"], origin["code"], origin["ideas"]) == (proposals[0], "p-1", [numbers[0]])


async def test_a_picture_is_added_and_removed(terminal: Terminal, tmp_path: Path) -> None:
    await terminal("proposal", "create", "-", typed=json.dumps(draft("well")))
    file = tmp_path / "well.png"
    file.write_bytes(png())
    await terminal("proposal", "picture", "well", str(file))
    assert (await shown(terminal, "well"))["picture"] == "image/png"
    await terminal("proposal", "picture", "well", "--remove")
    assert (await shown(terminal, "well"))["picture"] is None
    for wrong, sentence in (
        ([], "either a file"),
        ([str(tmp_path / "none.png")], "cannot read"),
        ([__file__], "a complete JPEG or PNG file"),
    ):
        assert sentence in await terminal.refused("proposal", "picture", "well", *wrong)
