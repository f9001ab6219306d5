"""A proposal can be edited until a vote on it opens; drafts of votes on it change too."""

from __future__ import annotations

from typing import Any

import pytest

from api.consultations import content
from api.consultations import service as consultations
from tests.api.office import call
from tests.consultations import words
from tests.journeys.test_names_behind_words import resting
from tests.proposals.office import draft, get, post, published
from tests.proposals.test_pictures import png
from tests.world import World


async def edited(world: World, code: str, /, *, status: int = 200, **changes: Any) -> dict[str, Any]:
    answer = await call(world, "PATCH", f"/v1/proposals/{code}", json=changes)
    assert answer.status_code == status, answer.text
    result: dict[str, Any] = answer.json()
    return result


async def vote(world: World, code: str, *numbers: int) -> None:
    order = {"code": code, "proposals": numbers, "kind": "approve"}
    assert (await call(world, "POST", "/v1/rounds", json=order)).status_code == 201


async def options(world: World, code: str) -> list[tuple[dict[str, str], dict[str, str] | None]]:
    """Return the options of a vote: titles and texts."""
    async with world.db.transaction() as session:
        consultation = await consultations.get(session, code)
        (question,) = await content.read(session, consultation_id=consultation.id)
    return [(each.label, each.detail) for each in question.options]


async def test_a_draft_or_published_proposal_changes_only_in_the_given_fields(world: World) -> None:
    await post(world, "proposals", **draft("edit-draft"))
    before = await get(world, "proposals/edit-draft")
    result = await edited(world, "edit-draft", text=words("other"), province=None)
    assert result == {name: value for name, value in before.items() if name not in ("votes", "steps")} | {
        "text": words("other"),
        "province": None,
        "province_name": None,
    }
    assert [each["step"] for each in (await get(world, "proposals/edit-draft"))["steps"]] == ["create", "edit"]
    (number,) = await published(world, "edit-published")
    await edited(world, "edit-published", title=words("anew"), theme="roads")
    person = await resting(world, "sms", "fr")
    await person.say(f"proposition {number}")
    assert person.words("proposal.shown", number=number, title="texte anew", text="texte long") in person.heard


async def test_the_draft_of_a_vote_repeats_the_proposals_words(world: World) -> None:
    numbers = await published(world, "follow-one", "follow-two")
    await vote(world, "edit-follow", *numbers)
    await edited(world, "follow-two", title=words("anew"), text=words("other"))
    assert await options(world, "edit-follow") == [
        (words("follow-one"), words("long")),
        (words("anew"), words("other")),
    ]
    await call(world, "POST", "/v1/consultations/edit-follow/discard")


async def test_what_people_vote_on_does_not_change_any_more(quiet_world: World) -> None:
    world = quiet_world
    numbers = await published(world, "voted-one", "voted-two")
    assert (await call(world, "PUT", "/v1/proposals/voted-one/picture", content=png())).status_code == 200
    await vote(world, "edit-vote", *numbers)
    for step in ("open", "close"):
        await call(world, "POST", f"/v1/consultations/edit-vote/{step}")
        refusal = await edited(world, "voted-one", status=409, title=words("anew"))
        assert "the vote edit-vote on it has opened" in str(refusal)
        for method, body in (("PUT", {"content": png(9)}), ("DELETE", {})):
            answer = await call(world, method, "/v1/proposals/voted-one/picture", **body)
            assert answer.status_code == 409
        assert (await get(world, "proposals/voted-one"))["title"] == words("voted-one")
        assert (await options(world, "edit-vote"))[0] == (words("voted-one"), words("long"))
        assert (await call(world, "GET", "/v1/proposals/voted-one/picture")).content == png()


@pytest.mark.parametrize(
    ("changes", "status"),
    [({}, 422), ({"title": None}, 422), ({"theme": "nothing"}, 422), ({"province": "99"}, 422), ({"code": "x"}, 422)],
)
async def test_wrong_changes_are_refused(world: World, changes: dict[str, Any], status: int) -> None:
    code = f"edit-{next(iter(changes), 'none')}"
    await post(world, "proposals", **draft(code))
    await edited(world, code, status=status, **changes)
    assert (await get(world, f"proposals/{code}"))["theme"] == "water"
    await edited(world, "edit-nowhere", status=404, theme="roads")
    await post(world, f"proposals/{code}/withdraw")
    await edited(world, code, status=409, theme="roads")
