"""`sawt invite`: an ordinary campaign that asks with the number and the price, and waits for a second person."""

from __future__ import annotations

import pytest

from api.campaigns import actions, service
from api.campaigns import invite as campaign_invite
from sawt.cli.outreach import invite
from tests.accounts import office
from tests.accounts.office import HOST, browser, enter
from tests.api.office import call
from tests.campaigns.crowd import resident
from tests.campaigns.office import INVITATION, NEWS, ended, launched, make, state, states, take
from tests.consultations import words
from tests.terminal import Terminal
from tests.world import World

PRICES = [{"prefix": "+212", "amount": 0.1, "currency": "USD", "as_of": "2026-11-01"}]


async def proceed(world: World, who: str) -> str:
    """What `sawt invite plan --as WHO --yes` does."""
    async with world.db.transaction() as session:
        number = (await campaign_invite.draft(session, "plan", who=who, now=world.now())).id
        campaign, _ = await campaign_invite.proceed(session, number, kit=world.kit, who=who, now=world.now())
        return campaign.state


async def test_few_are_invited_within_hours_and_heeding_the_cap(desk: World) -> None:
    people = [await resident(desk), await resident(desk)]
    assert await proceed(desk, "amina") == "running"
    assert await states(desk, 1) == ["queued"] * len(people)
    async with desk.db.transaction() as session:
        campaign = await service.get(session, 1)
        assert (campaign.urgent, campaign.author, campaign.name) == (False, "amina", "Invitation: plan")
        assert [(each.step, each.who) for each in await service.history(session, 1)] == [
            (step, "amina") for step in ("create", "submit", "approve", "launch")
        ]


async def test_many_wait_for_somebody_else(desk: World) -> None:
    desk.settings.approval_above = 2
    for _ in range(3):
        await resident(desk)
    assert [await proceed(desk, "amina"), await proceed(desk, "amina")] == ["submitted", "submitted"]
    assert await states(desk, 1) == []
    async with desk.db.transaction() as session:
        await actions.approve(session, 1, kit=desk.kit, who="idir", now=desk.now())
    assert await proceed(desk, "amina") == "running"
    assert await states(desk, 1) == ["queued"] * 3


async def test_nothing_that_somebody_wrote_goes_out_unread_in_its_name(desk: World) -> None:
    await resident(desk)
    named = {**INVITATION, "name": "Invitation: plan"}
    for odd in ({"texts": words("odd")}, {"urgent": True}, {"audience": {"language": ["fr"]}}):
        await make(desk, named, **odd)
    assert await proceed(desk, "idir") == "running"
    assert [await state(desk, number) for number in (1, 2, 3, 4)] == ["draft", "draft", "draft", "running"]


async def test_who_had_enough_this_week_is_left_out(desk: World) -> None:
    await resident(desk)
    desk.settings.campaigns_per_week = 1
    sent = await launched(desk, NEWS)
    await ended(desk, sent, 1, "delivered")
    async with desk.db.transaction() as session:
        draft = await campaign_invite.draft(session, "plan", who="amina", now=desk.now())
        preview = await service.preview(session, draft.id, kit=desk.kit, now=desk.now())
    assert (preview.recipients, preview.excluded) == (0, {"weekly limit reached": 1})
    assert preview.blockers == ["no one would get this campaign"]


async def test_the_command_asks_with_the_number_and_the_money(
    desk: World, terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = list[str]()
    await call(desk, "PUT", "/v1/rules/prices", json={"value": PRICES})
    for _ in range(3):
        await resident(desk)
    assert "pass --yes" in await terminal.refused("invite", "plan")
    monkeypatch.setattr(invite, "confirm", asked.append)
    done = await terminal("invite", "plan")
    assert asked == ["Send this to 3 people, for 0.3 USD?"]
    assert "Campaign 1 is running." in done.stderr  # the draft of the first try
    assert "1 people" not in done.stderr


async def test_the_command_says_who_must_approve(desk: World, terminal: Terminal) -> None:
    await call(desk, "PUT", "/v1/rules/approval_above", json={"value": 1})
    for _ in range(2):
        await resident(desk)
    done = await terminal("invite", "plan", "--yes")
    assert done.stderr == (
        "Campaign 1 is submitted.\n"
        "It goes to more than 1 people, so someone else must approve it. Next:\n"
        "sawt campaign approve 1, then sawt campaign launch 1\n"
    )
    await terminal("campaign", "approve", "1", who="idir")
    assert (await terminal("invite", "plan", "--yes")).stderr == "Campaign 1 is running.\n"


@pytest.mark.parametrize(
    ("rights", "reached", "waits_for"),
    [
        (["write"], "submitted", "someone with the right approve must approve it"),
        (["write", "approve"], "approved", "someone with the right send must launch it"),
        (["write", "approve", "send"], "running", None),
    ],
)
async def test_it_goes_as_far_as_ones_rights(
    desk: World, rights: list[str], reached: str, waits_for: str | None
) -> None:
    await resident(desk)
    async with browser(desk) as http:
        await enter(desk, await office.make(desk, "amal", *rights, http=http))
        drafted = await http.post("/v1/consultations/plan/invitation", headers={"Origin": HOST})
        done = await http.post(f"/v1/campaigns/{drafted.json()['id']}/proceed", headers={"Origin": HOST})
        assert done.json() == {"campaign": 1, "state": reached, "waits_for": waits_for}
        await take(desk, 1, "cancel")
        over = await http.post("/v1/campaigns/1/proceed", headers={"Origin": HOST})
    assert (over.status_code, "campaign 1 is cancelled" in over.text) == (409, True)


async def test_without_a_fresh_code_nothing_is_done(desk: World) -> None:
    await resident(desk)
    async with browser(desk) as http:
        person = await office.make(desk, "amal", "write", "approve", "send", http=http)
        await enter(desk, person, fresh=False)
        await http.post("/v1/consultations/plan/invitation", headers={"Origin": HOST})
        refused = await http.post("/v1/campaigns/1/proceed", headers={"Origin": HOST})
    assert (refused.status_code, "a fresh code" in refused.text) == (403, True)
    assert await state(desk, 1) == "draft"
