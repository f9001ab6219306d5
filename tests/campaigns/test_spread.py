"""Quotas and waves: nobody is lost and nobody doubled, and a launch does what the preview said."""

from __future__ import annotations

import random
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select

from api.campaigns.audience.quotas import WaveShare
from api.campaigns.estimate.timeline import Effort, timeline
from api.campaigns.sending_hours import ALWAYS, Hours
from api.clock import MOROCCO
from api.errors import Invalid
from api.outbox.models import Delivery
from tests.campaigns.crowd import resident
from tests.campaigns.office import INVITATION, NEWS, look, make, recipients, take
from tests.world import World

TWO = [{"share": 10, "after_minutes": 0}, {"share": 90, "after_minutes": 120}]
PROVINCES = ("01.511", "01.571", "01.405", "")


async def dues(world: World, campaign: int) -> dict[int, datetime]:
    """When each resident's message is due."""
    async with world.db.transaction() as session:
        rows = await session.execute(
            select(Delivery.resident_id, Delivery.due_at).where(Delivery.campaign_id == campaign)
        )
        due_times = rows.all()
    assert len(dict(due_times)) == len(due_times)  # nobody twice
    return dict(due_times)


async def test_a_quota_is_the_most_of_a_province_and_others_have_none(desk: World) -> None:
    here = [await resident(desk, province="01.511") for _ in range(5)]
    for province in ("01.571", "01.571", None):
        await resident(desk, province=province)
    data = {**NEWS, "quotas": {"01.511": 2, "": 0}}
    campaign = await make(desk, data)
    preview = await look(desk, campaign)
    assert preview.by_province == {"01.511 Tanger-Assilah": 2, "01.571 Tétouan": 2}
    assert preview.excluded == {"quota": 4}
    await take(desk, campaign, "submit", "approve", "launch")
    chosen = await recipients(desk, campaign) & {*here}
    assert len(chosen) == 2
    others = [await make(desk, data) for _ in range(8)]
    picked = {frozenset(await chosen_of(desk, each) & {*here}) for each in others}
    assert len(picked) > 1  # not the same two every time


async def chosen_of(world: World, campaign: int) -> set[int]:
    """Who would get it: launched, read, and undone."""
    await take(world, campaign, "submit", "approve", "launch")
    chosen = await recipients(world, campaign)
    async with world.db.transaction() as session:
        await session.execute(delete(Delivery).where(Delivery.campaign_id == campaign))
    return chosen


async def test_those_left_out_for_another_reason_use_up_no_quota(desk: World) -> None:
    for _ in range(3):
        await resident(desk, state="stopped")
    await resident(desk)
    preview = await look(desk, await make(desk, NEWS, quotas={"01.571": 1}))
    assert (preview.recipients, preview.excluded) == (1, {"stopped": 3})


async def test_a_quota_holds_over_both_channels(desk: World) -> None:
    """A quota counts the recipients of both channels together."""
    for channel in ("telegram", "sms") * 4:
        await resident(desk, channels=(channel,))
    campaign = await make(desk, NEWS, quotas={"01.571": 5})
    before = await look(desk, campaign)
    await take(desk, campaign, "submit", "approve", "launch")
    assert before.recipients == len(await recipients(desk, campaign)) == 5


async def test_waves_are_due_one_after_another(wired_desk: World) -> None:
    people = [await resident(wired_desk) for _ in range(12)]
    campaign = await make(wired_desk, NEWS, waves=TWO)
    before = await look(wired_desk, campaign)
    assert [(wave.share, wave.after_minutes, wave.recipients) for wave in before.waves] == [(10, 0, 2), (90, 120, 10)]
    await take(wired_desk, campaign, "submit", "approve", "launch")
    due_times = await dues(wired_desk, campaign)
    assert {*due_times} == {*people}
    first = min(due_times.values())
    assert Counter(due - first for due in due_times.values()) == {timedelta(): 2, timedelta(minutes=120): 10}
    await wired_desk.deliver()
    assert await delivered(wired_desk, campaign) == 2  # the others are not due yet
    wired_desk.now.advance(minutes=121)
    await wired_desk.deliver()
    assert await delivered(wired_desk, campaign) == 12


async def delivered(world: World, campaign: int) -> int:
    async with world.db.transaction() as session:
        states = await session.scalars(select(Delivery.state).where(Delivery.campaign_id == campaign))
        return Counter(states)["delivered"]


async def test_all_at_once_without_waves(desk: World) -> None:
    await resident(desk)
    campaign = await make(desk, NEWS)
    assert (await look(desk, campaign)).waves == []
    await take(desk, campaign, "submit", "approve", "launch")
    assert [due <= desk.now() for due in (await dues(desk, campaign)).values()] == [True]


async def test_a_wave_after_the_end_blocks(desk: World) -> None:
    await resident(desk)
    campaign = await make(desk, INVITATION, waves=TWO, expires_at=desk.now.later(minutes=90).isoformat())
    with pytest.raises(Invalid, match="last wave"):
        await take(desk, campaign, "submit")


@pytest.mark.parametrize("seed", range(6))
async def test_nobody_is_lost_and_nobody_doubled(desk: World, seed: int) -> None:
    """A property on both databases: random crowds, quotas and waves, two campaigns for each crowd."""
    drawn = random.Random(seed)
    people: dict[int, tuple[str, str]] = {}
    for _ in range(drawn.randint(1, 40)):
        province, channel = drawn.choice(PROVINCES), drawn.choice(("sms", "telegram"))
        people[await resident(desk, province=province or None, channels=(channel,))] = (province, channel)
    for _ in range(3):
        quotas = {place: drawn.randint(0, 12) for place in PROVINCES if drawn.random() < 0.6}
        waves = drawn_waves(drawn)
        campaign = await make(desk, {**NEWS, "urgent": True}, quotas=quotas, waves=waves)
        before = await look(desk, campaign)
        if before.recipients:
            await take(desk, campaign, "submit", "approve", "launch")
        due_times = await dues(desk, campaign)
        of_province = Counter(province for province, _ in people.values())
        expected = {place: min(quotas.get(place, count), count) for place, count in of_province.items()}
        got = Counter(people[who][0] for who in due_times)
        assert got == +Counter(expected)
        assert len(due_times) == before.recipients == len(people) - before.excluded.get("quota", 0)
        of_wave = Counter(due_times.values())
        assert sorted(of_wave.values()) == sorted(wave.recipients for wave in before.waves if wave.recipients)
        assert sum(wave.recipients for wave in before.waves) == len(due_times)
        shares_hold(due_times, people, waves)


def drawn_waves(drawn: random.Random) -> list[dict[str, int]]:
    cuts = sorted(drawn.sample(range(1, 100), drawn.randint(1, 4)))
    shares = [after - before for before, after in zip([0, *cuts], [*cuts, 100], strict=True)]
    return [{"share": share, "after_minutes": 15 * place} for place, share in enumerate(shares)]


def shares_hold(
    due_times: dict[int, datetime], people: dict[int, tuple[str, str]], waves: list[dict[str, int]]
) -> None:
    """On each channel, up to each wave, its share of the people is due, rounded up."""
    if not due_times:
        return
    start = min(due_times.values())
    for channel in ("sms", "telegram"):
        of_channel = [due for who, due in due_times.items() if people[who][1] == channel]
        until = 0
        for wave in waves:
            until += wave["share"]
            # The first wave is never empty, so the earliest moment is the launch.
            due = sum(each <= start + timedelta(minutes=wave["after_minutes"]) for each in of_channel)
            assert due == -(-len(of_channel) * until // 100)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=MOROCCO)


@pytest.mark.parametrize(
    ("hours", "efforts", "spans"),
    [
        (Hours(), {0: Effort(5, 60), 1: Effort(5, 60)}, [("24 10:00", "24 10:01"), ("24 12:00", "24 12:01")]),
        # The second waits for the first, which takes three hours.
        (Hours(), {0: Effort(5, 10_800), 1: Effort(5, 60)}, [("24 10:00", "24 13:00"), ("24 13:00", "24 13:01")]),
        # The first takes until the next morning.
        (Hours(), {0: Effort(5, 36_060), 1: Effort(5, 60)}, [("24 10:00", "25 09:01"), ("25 09:01", "25 09:02")]),
        (Hours(), {}, [("24 10:00", "24 10:00"), ("24 12:00", "24 12:00")]),
        (ALWAYS, {1: Effort(5, 60)}, [("24 10:00", "24 10:00"), ("24 12:00", "24 12:01")]),
        (Hours(week={}), {0: Effort(5, 60)}, [None, None]),
    ],
)
def test_when_waves_begin_and_end(hours: Hours, efforts: dict[int, Effort], spans: list[Any]) -> None:
    previews = timeline([WaveShare(**wave) for wave in TWO], efforts, hours=hours, now=at("2026-11-24 10:00"))
    expected = [(at(f"2026-11-{span[0]}"), at(f"2026-11-{span[1]}")) if span else (None, None) for span in spans]
    assert [(wave.begins_at, wave.done_at) for wave in previews] == expected
