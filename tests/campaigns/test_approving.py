"""An approver sees the whole campaign; an edited one is a draft again, and its editors are its authors."""

from __future__ import annotations

import json
from typing import Any

import pytest

from api.campaigns.audience import phrases
from api.campaigns.audience.definition import Audience
from api.campaigns.sending_hours import Hours
from tests.api.office import call
from tests.campaigns.crowd import resident
from tests.campaigns.office import INVITATION, NEWS, make, state, take
from tests.consultations import words
from tests.terminal import Terminal
from tests.world import World


async def page(world: World, campaign: int) -> Any:
    return (await call(world, "GET", f"/v1/campaigns/{campaign}")).json()


async def put(world: World, campaign: int, data: dict[str, Any], who: str) -> Any:
    return await call(world, "PUT", f"/v1/campaigns/{campaign}", json=data, who=who)


async def test_the_page_holds_all_that_is_approved(desk: World) -> None:
    more = {"budget": 5, "expires_at": "2090-12-01T10:00[Africa/Casablanca]", "audience": {"language": ["fr"]}}
    shown = await page(desk, await make(desk, NEWS, **more))
    assert (shown["texts"], shown["budget"], shown["audience_words"]) == (words("news"), 5.0, "who read fr")
    assert shown["expires_at"].startswith("2090-12-01")
    voices = [(each["channel"], each["language"], each["latin"]) for each in shown["said"]]
    assert len(voices) == len(set(voices)) == 8  # four voices on two channels
    assert {each["text"] for each in shown["said"] if each["language"] == "fr"} == {words("news")["fr"]}
    assert {each["segments"] for each in shown["said"]} == {1}
    assert shown["hours"] == "Monday to Thursday 09:00-20:00; Friday 09:00-12:00 and 15:00-20:00; " \
        "Saturday to Sunday 09:00-20:00"  # fmt: skip
    assert (shown["approved_by"], [each["step"] for each in shown["steps"]]) == (None, ["create"])


async def test_the_page_of_an_invitation_says_what_it_will_say(desk: World) -> None:
    shown = await page(desk, await make(desk, INVITATION))
    assert shown["consultation"] == "plan"
    french = next(each for each in shown["said"] if each["language"] == "fr" and each["channel"] == "sms")
    assert words("plan")["fr"] in french["text"]
    assert french["choices"] != []


async def test_the_page_of_a_campaign_in_parts_has_each_joining(desk: World) -> None:
    parts = [
        {"about": f"part {code}", "audience": {"follows": [f"theme:{code}"]}, "texts": words(code)}
        for code in ("water", "roads")
    ]
    shown = await page(desk, await make(desk, {"name": "News", "purpose": "update", "parts": parts}))
    assert shown["audience_words"] == "part water: who follow theme:water; part roads: who follow theme:roads"
    assert {each["variant"] for each in shown["said"]} == {1, 2, 3}
    both = next(each["text"] for each in shown["said"] if each["variant"] == 3 and each["language"] == "fr")
    assert all(words(code)["fr"] in both for code in ("water", "roads"))


async def test_what_was_approved_and_edited_needs_approval_again(desk: World) -> None:
    for _ in range(3):
        await resident(desk)
    await call(desk, "PUT", "/v1/rules/approval_above", json={"value": 2})
    campaign = await make(desk, NEWS)
    await take(desk, campaign, "submit", "approve", who="idir")
    edited = await put(desk, campaign, {**NEWS, "texts": words("other")}, "Idir")
    assert (edited.json()["state"], edited.json()["texts"]) == ("draft", words("other"))
    shown = await page(desk, campaign)
    assert (shown["approved_by"], shown["author"]) == (None, "amina")
    path = f"/v1/campaigns/{campaign}"
    assert (await call(desk, "POST", f"{path}/launch")).status_code == 409
    assert (await call(desk, "POST", f"{path}/submit", who="idir")).status_code == 200
    for author in ("idir", "amina"):
        assert (await call(desk, "POST", f"{path}/approve", who=author)).status_code == 403
    assert (await call(desk, "POST", f"{path}/approve", who="nora")).status_code == 200
    assert (await page(desk, campaign))["approved_by"] == "nora"


async def test_what_was_launched_or_resends_is_not_edited(desk: World) -> None:
    await resident(desk)
    campaign = await make(desk, NEWS)
    await take(desk, campaign, "submit", "approve", "launch")
    assert (await put(desk, campaign, NEWS, "amina")).status_code == 409
    again = (await call(desk, "POST", f"/v1/campaigns/{campaign}/resend")).json()
    assert again["audience_words"] == f"residents whom campaign {campaign} failed to reach"
    assert (await put(desk, again["id"], NEWS, "amina")).status_code == 409
    assert await state(desk, campaign) == "running"


@pytest.mark.parametrize(
    ("audience", "words_"),
    [
        ({}, "everybody who consented"),
        ({"province": ["01.571", ""]}, "in 01.571 Tétouan or an unknown province"),
        ({"not": {"answered": "plan"}}, "not (who answered plan)"),
        ({"all": [{"language": ["ar"]}, {"any": [{"begun": "plan"}, {"asked": "plan"}]}]},
         "who read ar, and (who began plan and did not finish it, or who were invited to plan and did not begin it)"),
        ({"source": ["souk", ""]}, "who first wrote with souk or no keyword"),
    ],
)  # fmt: skip
def test_audiences_in_words(audience: dict[str, Any], words_: str) -> None:
    assert phrases.audience(Audience.model_validate(audience)) == words_


def test_every_condition_has_words() -> None:
    assert set(phrases._PHRASES) == set(Audience.model_fields)
    assert phrases.hours(Hours(), urgent=True) == "at any hour"


async def test_at_the_command_line(quiet_world: World, terminal: Terminal) -> None:
    await make(quiet_world, NEWS)
    shown = (await terminal("campaign", "show", "1")).stdout
    assert "audience: everybody who consented" in shown
    assert "people: 0\nSMS segments: 0\nprice: " in shown
    assert "amina created it (draft)" in shown
    assert f"sms, fr, 1 SMS segment:\n    {words('news')['fr']}" in shown
    await terminal("campaign", "edit", "1", "-", who="idir", typed=json.dumps({**NEWS, "texts": words("other")}))
    assert words("other")["fr"] in (await terminal("campaign", "show", "1")).stdout
    assert "idir edited it (draft)" in (await terminal("campaign", "show", "1")).stdout
