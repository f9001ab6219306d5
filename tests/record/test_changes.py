"""The record keeps old and new values of settings, states and texts by staff."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from tests.api.office import call
from tests.api.test_every_act import ACTS, acted, furnished
from tests.consultations import main_consultation, words
from tests.world import World

ROOT = Path(__file__).resolve().parents[2]
CODE = {"code": "one"}
# Acts of tests/api/test_every_act.py, and a part of what changed: the field with its old and its new value.
CHANGED: list[tuple[str, str, Any, Any]] = [
    ("PATCH /v1/proposals/{code}", "title", None, words("park, anew")),
    ("POST /v1/proposals/{code}/choose", "state", "published", "chosen"),
    ("POST /v1/ideas/{number}/read", "state", "received", "read"),
    ("POST /v1/campaigns/{campaign_id}/{step}", "state", "draft", "submitted"),
    ("POST /v1/meetings/{code}/seats", "seats", None, 50),
    ("POST /v1/meetings/{code}/move", "state", "planned", "moved"),
    ("POST /v1/agents/{number}/end", "state", "active", "ended"),
    ("POST /v1/desk/{number}/close", "state", None, "closed"),
]


async def test_old_and_new_values_are_kept(quiet_world: World) -> None:
    await furnished(quiet_world)
    found = {}
    for place, (route, names, body) in enumerate(ACTS):
        quiet_world.now.advance(seconds=1)
        await acted(quiet_world, route, names, body, who=f"actor {place}")
        found[route] = (await recorded(quiet_world, f"actor {place}"))[-1]  # a campaign may follow
    for route, name, old, new in CHANGED:
        assert found[route]["new"][name] == new, found[route]
        assert old is None or found[route]["old"][name] == old, found[route]
        assert found[route]["old"][name] != new
    rule, message = found["PUT /v1/rules/{name}"], found["PUT /v1/messages/{language}/{name}"]
    assert rule["old"] != rule["new"] == 7
    assert message["old"] != message["new"] == ["STOP : plus rien"]


async def test_an_edited_consultation_keeps_only_what_differs(quiet_world: World) -> None:
    fields = main_consultation() | CODE
    await call(quiet_world, "POST", "/v1/consultations", json=fields)
    edited = fields | {"title": words("another title")}
    assert (await call(quiet_world, "PUT", "/v1/consultations/one", json=edited, who="idir")).status_code == 200
    (row,) = await recorded(quiet_world, "idir")
    assert (row["old"], row["new"]) == ({"title": fields["title"]}, {"title": edited["title"]})


def test_only_what_sends_or_masks_and_unmasking_open_an_address() -> None:
    opening = {
        "api/campaigns/reporting/recipients.py", "api/dialogue/link_confirmation.py", "api/outbox/worker/claim.py",
        "api/outbox/worker/provider_deletion.py", "api/outbox/worker/unsure.py", "api/workflows/unmasking.py",
    }  # fmt: skip
    files = [
        path for name in ("api", "sawt") for path in (ROOT / name).rglob("*.py") if "api/residents" not in str(path)
    ]
    named = {str(path.relative_to(ROOT)) for path in files if re.search(r"open_address\(", path.read_text("utf-8"))}
    assert named == opening


async def recorded(world: World, who: str) -> list[Any]:
    """The acts of a person, the newest first."""
    items: list[Any] = (await call(world, "GET", "/v1/record", params={"by": who})).json()["items"]
    return items
