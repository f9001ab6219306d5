"""Impossible ids at every staff route: refused in words, never with a server error."""

from __future__ import annotations

from typing import Any

from sawt.compose import Service
from tests.api.office import as_staff
from tests.world import World

HEADERS = as_staff()
STRANGE = ("0", "-1", "99999999999", "99999999999999999999", "x", "%00", "a%00b", "é", "٣", "' or 1=1 --", "x" * 300)


def doors(service: Service) -> list[tuple[str, str]]:
    """Every path below /v1 with a parameter, with its method."""
    paths: dict[str, dict[str, Any]] = service.app.openapi()["paths"]
    operations = [(method, path) for path, methods in paths.items() for method in methods]
    return [(method, path) for method, path in operations if path.startswith("/v1") and "{" in path]


async def test_nothing_strange_is_a_fault_of_ours(world: World) -> None:
    wrong, asked = [], doors(world.service)
    assert len(asked) > 40
    for method, path in asked:
        for strange in STRANGE:
            parts = path.split("{")
            url = parts[0] + "".join(strange + part.partition("}")[2] for part in parts[1:])
            answer = await world.http.request(method, url, headers=HEADERS, json={})
            if answer.status_code not in (404, 405, 409, 422) and (method, answer.status_code) != ("get", 200):
                wrong.append((method, path, strange, answer.status_code))
    assert wrong == []
