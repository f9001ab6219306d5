"""`sawt invite`: an ordinary campaign that asks with the number and the price, and waits for a second person."""

from __future__ import annotations

import asyncio

import pytest
from typer.testing import CliRunner, Result

from api.campaigns import actions, service
from api.campaigns import invite as campaign_invite
from sawt.__main__ import cli
from sawt.cli.outreach import invite
from tests.api.office import call
from tests.campaigns.crowd import resident
from tests.campaigns.office import INVITATION, NEWS, ended, launched, make, state, states
from tests.conftest import Databases
from tests.consultations import words
from tests.world import KEYS, World, quiet

PRICES = [{"prefix": "+212", "amount": 0.1, "currency": "USD", "as_of": "2026-11-01"}]


async def proceed(world: World, who: str) -> str:
    """What `sawt invite plan --as WHO --yes` does."""
    async with world.db.transaction() as session:
        number = (await campaign_invite.draft(session, "plan", who=who, now=world.now())).id
        return (await campaign_invite.proceed(session, number, kit=world.kit, who=who, now=world.now())).state


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


async def peopled(url: str) -> None:
    """Three residents, an open consultation and a price, in a database of the command line."""
    async with quiet(url) as world:
        await call(world, "PUT", "/v1/rules/prices", json={"value": PRICES})
        for _ in range(3):
            await resident(world)


def test_the_command_asks_with_the_number_and_the_money(databases: Databases, monkeypatch: pytest.MonkeyPatch) -> None:
    url, asked = asyncio.run(databases.fresh()), list[str]()
    asyncio.run(peopled(url))
    for name, value in {"DATABASE_URL": url, "KEYS": KEYS}.items():
        monkeypatch.setenv(f"SAWT_{name}", value)
    monkeypatch.setattr(invite, "confirm", asked.append)
    assert sawt("plan").exit_code == 2  # --as is missing
    done = sawt("plan", "--as", "amina")
    assert asked == ["Send this to 3 people, for 0.3 USD?"]
    assert "Campaign 1 is running." in done.stderr
    assert "1 people" not in done.stderr


def sawt(*words: str) -> Result:
    """Run `sawt invite` with these arguments."""
    return CliRunner().invoke(cli, ["invite", *words])
