"""Staff assign a word that nobody understood to an option; from then on it is understood from anybody."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.office import call
from tests.people import Person, joined
from tests.world import World

pytestmark = pytest.mark.parametrize("channel", ["sms", "telegram"])


async def post(world: World, action: str, text: str, status: int, **more: Any) -> Any:
    payload = {"code": "plan", "question": 1, "text": text, **more}
    answer = await call(world, "POST", f"/v1/words/{action}", json=payload)
    assert answer.status_code == status, answer.text
    return answer.json() if answer.content else None


async def listed(world: World) -> list[dict[str, Any]]:
    replies: list[dict[str, Any]] = (await call(world, "GET", "/v1/words/unmatched?code=plan")).json()["items"]
    return replies


async def second(world: World) -> int:
    return (await world.results()).questions[0].answers[1].count or 0


async def test_a_reply_of_the_past_is_given_to_an_option(own_world: World, channel: str) -> None:
    world, first = own_world, await joined(own_world, channel, "fr")
    await first.say("la saniya")
    assert "1/4" in first.heard
    row = {"words": "la saniya", "people": 1, "asked": "single", "code": "plan", "question": 1}
    assert await listed(world) == [row]
    assigned = await post(world, "assign", "saniya", 201, option=2)
    assert assigned == {"code": "plan", "question": 1, "option": 2, "also": ["saniya"]}
    assert await second(world) == 0  # the past does not count: its author was asked back
    other: Person = await joined(world, channel, "fr")
    await other.say("la saniya")
    assert other.heard.startswith(other.words("echo", said="texte option 2"))
    assert "2/4" in other.heard
    assert await second(world) == 1
    await first.say("saniya")  # its earlier author is understood, too
    assert "2/4" in first.heard
    assert await second(world) == 2
    await post(world, "assign", "la saniya", 422, option=1)  # a word belongs to one option only
    page = (await call(world, "GET", "/v1/consultations/plan/page")).json()
    (word,) = page["asked"][0]["options"][1]["also"]
    assert (word["word"], word["who"], word["at"] is not None) == ("saniya", "amina", True)
    await post(world, "unassign", "Saniya", 204)
    third = await joined(world, channel, "fr")
    await third.say("la saniya")
    assert "1/4" in third.heard
    assert await second(world) == 2  # answers given with it still count


async def test_what_is_dropped_is_shown_no_more(own_world: World, channel: str) -> None:
    person = await joined(own_world, channel, "fr")
    await person.say("zarabo")
    assert [each["words"] for each in await listed(own_world)] == ["zarabo"]
    await post(own_world, "drop", "kilimo", 404)  # nothing is revealed about words that are not in the list
    await post(own_world, "drop", "zarabo", 204)
    await (await joined(own_world, channel, "fr")).say("zarabo")
    assert await listed(own_world) == []
