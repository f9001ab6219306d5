"""Who approves is somebody else, also where a name only looks like another one; names hide nothing."""

from __future__ import annotations

import pytest

from api import actors
from api.errors import Invalid
from sawt.cli.cli_input import _named
from tests.api.office import call
from tests.campaigns.crowd import resident
from tests.campaigns.office import NEWS, make, take
from tests.world import World

ALIKE = (
    "Аmina", "amіna", "aminα", "amina\u3164", "am\u115fina", "a\u034fmina", "ａｍｉｎａ", "Am1na", "AMlNA", "Arnina",
    "amina\u2800", "ꭺmina", "a.m.i.n.a", "𝐚mina",
)  # fmt: skip
HIDDEN = ("am\x00ina", "am\x1b[31mina", "a\nb", "\u202eanima", "\u200b", "\u3164", "...")


@pytest.mark.parametrize("name", ALIKE)
def test_a_name_that_looks_like_another_is_the_same(name: str) -> None:
    assert actors.same("amina", name)


@pytest.mark.parametrize(
    "pair", [("amina", "imane"), ("ali", "alae"), ("نورة", "نور"), ("idir", "nadir"), ("a1", "a2")]
)
def test_other_names_stay_others(pair: tuple[str, str]) -> None:
    assert not actors.same(*pair)


async def test_an_author_does_not_approve_under_a_name_that_looks_alike(desk: World) -> None:
    for _ in range(2):
        await resident(desk)
    await call(desk, "PUT", "/v1/rules/approval_above", json={"value": 1}, who="nora")
    campaign = await make(desk, NEWS)
    await take(desk, campaign, "submit")
    for name in ("Аmina", "AMlNA"):
        assert (await call(desk, "POST", f"/v1/campaigns/{campaign}/approve", who=name)).status_code == 403
    assert (await call(desk, "POST", f"/v1/campaigns/{campaign}/approve", who="نورة")).status_code == 200


@pytest.mark.parametrize("name", HIDDEN)
async def test_a_name_hides_nothing(desk: World, name: str) -> None:
    assert (await call(desk, "POST", "/v1/campaigns", json=NEWS, who=name)).status_code == 422
    with pytest.raises(Invalid):
        _named(name)
