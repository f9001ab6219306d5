"""Audiences, quotas, waves and resends over the JSON API and on the command line."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from sawt.cli.outreach import campaign_reports
from tests.api.office import call
from tests.campaigns.crowd import resident
from tests.campaigns.office import NEWS, ended, make, take
from tests.consultations import words
from tests.terminal import Terminal
from tests.world import World

GIVEN: dict[str, Any] = {
    **NEWS,
    "audience": {"any": [{"commune": ["01.571.01.07"]}, {"source": ["souk"]}, {"follows": ["theme:water"]}]},
    "quotas": {"01.571": 1, "": 0},
    "waves": [{"share": 10, "after_minutes": 0}, {"share": 90, "after_minutes": 120}],
}


async def test_over_the_json_api(desk: World) -> None:
    people = [await resident(desk, source="souk"), await resident(desk, commune="01.571.01.07")]
    created = (await call(desk, "POST", "/v1/campaigns", json=GIVEN)).json()
    assert {name: created[name] for name in ("audience", "quotas", "waves", "resends")} == {
        "audience": GIVEN["audience"], "quotas": GIVEN["quotas"], "waves": GIVEN["waves"], "resends": None,
    }  # fmt: skip
    path = f"/v1/campaigns/{created['id']}"
    preview = (await call(desk, "GET", f"{path}/preview")).json()
    assert (preview["recipients"], preview["excluded"]) == (1, {"quota": 1})
    assert [(wave["share"], wave["recipients"]) for wave in preview["waves"]] == [(10, 1), (90, 0)]
    assert (await call(desk, "POST", f"{path}/resend")).status_code == 409
    await take(desk, created["id"], "submit", "approve", "launch")
    for who in people:
        await ended(desk, created["id"], who, "failed")
    again = (await call(desk, "POST", f"{path}/resend")).json()
    assert (again["state"], again["resends"], again["quotas"], again["waves"]) == ("draft", created["id"], {}, [])
    assert again["id"] != created["id"]
    assert (await call(desk, "GET", f"/v1/campaigns/{again['id']}/preview")).json()["recipients"] == 1
    copy = (await call(desk, "POST", f"{path}/clone")).json()
    assert (copy["state"], copy["audience"], copy["quotas"]) == ("draft", GIVEN["audience"], GIVEN["quotas"])
    assert copy["id"] not in (created["id"], again["id"])


@pytest.mark.parametrize(
    "changed",
    [
        {"audience": {"commune": ["x"]}},
        {"audience": {"follows": ["x"]}},
        {"quotas": {"x": 1}},
        {"quotas": {"01.571": 10**30}},
        {"waves": [{"share": 1, "after_minutes": 0}]},
        {"waves": [{"share": 100, "after_minutes": 10**30}]},
        {"expires_at": "9999-12-31T23:59:59-14:00"},
        {"expires_at": "0001-01-01T00:00:00+14:00"},
    ],
)
async def test_what_is_not_well_formed(desk: World, changed: dict[str, Any]) -> None:
    answer = await call(desk, "POST", "/v1/campaigns", json={**GIVEN, **changed})
    assert answer.status_code == 422


async def test_a_moment_beyond_the_calendar(desk: World) -> None:
    await resident(desk)
    campaign = await make(desk, NEWS)
    await take(desk, campaign, "submit", "approve")
    body = {"at": "9999-12-31T23:59:59-14:00"}
    assert (await call(desk, "POST", f"/v1/campaigns/{campaign}/schedule", json=body)).status_code == 422


async def test_on_the_command_line(desk: World, terminal: Terminal) -> None:
    await resident(desk, commune="01.571.01.07")
    data = {**GIVEN, "texts": words("news"), "urgent": True, "quotas": {}}
    number = (await terminal("campaign", "create", "-", typed=json.dumps(data))).stdout.strip()
    assert "News" in (await terminal("campaign", "list")).stdout
    shown = (await terminal("campaign", "preview", number)).stdout
    assert "wave 2: 90 % after 120 min, 0 people, from" in shown
    preview = json.loads((await terminal("campaign", "preview", number, "--json")).stdout)
    assert [wave["after_minutes"] for wave in preview["waves"]] == [0, 120]
    copy = await terminal("campaign", "clone", number)
    assert int(copy.stdout) > int(number)
    assert "was never launched" in await terminal.refused("campaign", "resend", number)
    await terminal("campaign", "submit", number)
    assert (await terminal("campaign", "approve", number, who="idir")).stderr == f"Campaign {number} is approved.\n"
    assert "pass --yes" in await terminal.refused("campaign", "launch", number, who="idir")
    assert (await terminal("campaign", "launch", number, "--yes", who="idir")).stderr.endswith("is running.\n")
    assert "queued │ 1" in (await terminal("campaign", "report", number)).stdout
    assert (await terminal("campaign", "budget", number, "5")).stderr == f"Campaign {number} is running.\n"


async def test_a_campaign_in_parts_on_the_command_line(terminal: Terminal) -> None:
    part = {"about": "water", "audience": {"not": {"follows": ["theme:roads"]}}, "texts": words("water")}
    data = {"name": "News", "purpose": "update", "parts": [part]}
    number = (await terminal("campaign", "create", "-", typed=json.dumps(data))).stdout.strip()
    page = json.loads((await terminal("campaign", "show", number, "--json")).stdout)
    assert page["parts"] == [part]
    assert "water: not (who follow theme:roads)" in (await terminal("campaign", "show", number)).stdout


async def test_watching_shows_each_change_until_the_end(
    desk: World, terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    await resident(desk)
    number = await make(desk, NEWS)
    await take(desk, number, "submit", "approve", "launch")
    loop, waits = asyncio.get_running_loop(), list[float]()

    def wait(seconds: float) -> None:
        """Instead of sleeping, cancel the campaign at the second time."""
        waits.append(seconds)
        if len(waits) == 2:
            asyncio.run_coroutine_threadsafe(take(desk, number, "cancel"), loop).result()

    monkeypatch.setattr(campaign_reports, "sleep", wait)
    shown = (await terminal("campaign", "watch", str(number))).stdout.splitlines()
    assert [line.split(maxsplit=1)[1] for line in shown] == ["running: 1 queued", "cancelled: 1 cancelled"]
    assert waits == [campaign_reports.EVERY] * 2
