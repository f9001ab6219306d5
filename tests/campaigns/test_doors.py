"""Audiences, quotas, waves and resends over the JSON API and on the command line."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from sawt.cli.outreach.campaigns import campaign as command
from tests.api.office import call
from tests.campaigns.crowd import resident
from tests.campaigns.office import NEWS, ended, make, take
from tests.conftest import Databases
from tests.consultations import words
from tests.world import KEYS, World

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


def test_on_the_command_line(databases: Databases, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAWT_DATABASE_URL", asyncio.run(databases.fresh()))
    monkeypatch.setenv("SAWT_KEYS", KEYS)
    data = {**GIVEN, "texts": words("news"), "urgent": True}
    number = sawt("create", "-", "--as", "amina", text=json.dumps(data)).stdout.strip()
    shown = sawt("preview", number).stdout
    assert "wave 2: 90 % after 120 min, 0 people, from" in shown
    preview = json.loads(sawt("preview", number, "--json").stdout)
    assert [wave["after_minutes"] for wave in preview["waves"]] == [0, 120]
    copy = sawt("clone", number, "--as", "amina")
    assert int(copy.stdout) > int(number)
    refused = CliRunner().invoke(command, ["resend", number, "--as", "amina"])
    assert "was never launched" in str(refused.exception)


def sawt(*words: str, text: str | None = None) -> Result:
    """Run a command that succeeds."""
    result = CliRunner().invoke(command, words, input=text, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result
