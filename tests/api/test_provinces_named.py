"""Staff see provinces with code and name, and can write either of them."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from api.campaigns.audience import phrases
from api.campaigns.audience.definition import Audience
from api.campaigns.schemas import CampaignOut
from api.desk.schemas import AssignIn
from api.region import lookup, places
from tests.api.office import call, every
from tests.api.test_lists import described
from tests.campaigns.crowd import resident
from tests.campaigns.office import NEWS, make
from tests.listed import filled
from tests.staff.test_today import letter
from tests.world import World

_REF = re.compile(r'"#/components/schemas/([^"]+)"')
CODE = "01.571"
WRITTEN = ("01.571", "Tétouan", "tetouan", "تطوان", "01.571 Tétouan")


def answered(whole: dict[str, Any]) -> list[dict[str, Any]]:
    """The fields of every object in the responses of staff routes, at any depth."""
    schemas, seen = whole["components"]["schemas"], set[str]()

    def walk(schema: Any) -> None:
        for name in _REF.findall(json.dumps(schema)):
            if name not in seen:
                seen.add(name)
                walk(schemas[name])

    for methods in whole["paths"].values():
        walk([each["responses"] for each in methods.values() if isinstance(each, dict)])
    return [schemas[name].get("properties", {}) for name in sorted(seen)]


@pytest.mark.parametrize("place", places.provinces(), ids=lambda place: place.code)
def test_a_province_is_taken_as_it_is_shown(place: places.Place) -> None:
    shown = places.label(place.code)
    assert (place.code in shown, place.fr in shown) == (True, True)
    assert {lookup.province(written) for written in (shown, place.code, place.fr, place.ar)} == {place.code}
    assert places.relabelled(place.fr) == shown  # counts of votes closed earlier are stored by name
    assert places.relabelled(shown) == shown


async def test_every_answer_with_a_province_names_it(quiet_world: World) -> None:
    whole = (await call(quiet_world, "GET", "/openapi.json")).json()
    answered = [
        each for name, each in whole["components"]["schemas"].items() if name.endswith(("Out", "Page", "pient"))
    ]
    named_ = [each["properties"] for each in answered if "province" in each.get("properties", {})]
    assert len(named_) >= 6
    assert all("province_name" in each for each in named_)
    several = [each["properties"] for each in answered if "provinces" in each.get("properties", {})]
    assert several
    assert all("province_names" in each for each in several)


async def test_every_list_with_a_province_filter_takes_code_or_name(quiet_world: World) -> None:
    await filled(quiet_world)
    filtered = [
        path
        for path, each in (await described(quiet_world)).items()
        if "province" in [one["name"] for one in each.get("parameters", ())]
    ]
    assert {"/v1/ideas", "/v1/proposals", "/v1/desk"} <= set(filtered)
    for path in filtered:
        first, *others = [await every(quiet_world, path, province=written) for written in WRITTEN]
        assert all(each == first for each in others), path
        assert {each["province"] for each in first} <= {CODE}, path
        wrong = await call(quiet_world, "GET", path, params={"province": "Rabat"})
        assert (wrong.status_code, "there is no province Rabat" in wrong.text) == (422, True), path


@pytest.mark.parametrize("written", WRITTEN)
async def test_a_letter_is_assigned_by_code_or_name(quiet_world: World, written: str) -> None:
    await letter(quiet_world, await resident(quiet_world, province="01.511"))
    response = await call(quiet_world, "POST", "/v1/desk/1/assign", json={"province": written})
    assert (response.json()["province"], response.json()["province_name"]) == (CODE, "Tétouan")


def test_the_regions_own_desk_has_no_name() -> None:
    assert AssignIn(province="").province == ""


@pytest.mark.parametrize("written", WRITTEN)
def test_an_audience_takes_and_shows_code_and_name(written: str) -> None:
    followers = Audience.model_validate({"follows": [f"province:{written}", "theme:water"]})
    assert followers.follows == ["province:01.571", "theme:water"]
    assert phrases.audience(followers) == "who follow province:01.571 Tétouan or theme:water"
    assert phrases.audience(Audience.model_validate({"province": [written]})) == "in 01.571 Tétouan"


async def test_quotas_are_shown_by_code_and_name(quiet_world: World) -> None:
    number = await make(quiet_world, NEWS, quotas={"Tétouan": 3, "": 2})
    campaign = CampaignOut.model_validate((await call(quiet_world, "GET", f"/v1/campaigns/{number}")).json())
    assert (campaign.quotas, campaign.quotas_words) == (
        {CODE: 3, "": 2},
        "3 in 01.571 Tétouan, 2 in an unknown province",
    )
