"""`sawt idea`, as a moderator who signed in runs it."""

from __future__ import annotations

import json

import pytest

from api.proposals.ideas import intake
from api.residents.models import Resident
from tests.terminal import Terminal
from tests.world import World

REASON = {"ar": "سبب", "fr": "une raison", "zgh": "ⵜⴰⵎⵏⵜⵉⵍⵜ"}


@pytest.fixture
async def numbers(quiet_world: World) -> list[str]:
    """Three ideas, each from another person."""
    numbers, now = [], quiet_world.now()
    async with quiet_world.db.transaction() as session:
        for _ in range(3):
            resident = Resident(state="active", language="fr", latin=False, joined_at=now)
            session.add(resident)
            await session.flush()
            given = {"theme": "water", "province": None, "channel": "sms", "most": 3, "now": now}
            idea = await intake.submit(session, resident, text="un puits, 0600000011", **given)  # type: ignore[arg-type]
            numbers.append(str(idea.id))
    return numbers


async def test_ideas_are_read_published_merged_and_declined(terminal: Terminal, numbers: list[str]) -> None:
    one, two, three = numbers
    assert "phone" in (await terminal("idea", "list", "--flagged")).stdout
    await terminal("idea", "read", one)
    await terminal("idea", "publish", one, "--text", "un puits")
    await terminal("idea", "merge", two, one)
    await terminal("idea", "decline", three, "--words", "-", typed=json.dumps(REASON))
    page = json.loads((await terminal("idea", "show", one, "--json")).stdout)
    assert (page["state"], page["public"], page["authors"], page["merged"]) == ("read", "un puits", 2, [int(two)])
    assert "amina" in (await terminal("idea", "show", one)).stdout
    assert "declined" in (await terminal("idea", "list", "--state", "declined")).stdout
    assert "no idea 99" in await terminal.refused("idea", "read", "99")
    assert "there is no reason whim" in await terminal.refused("idea", "decline", one, "--reason", "whim")
