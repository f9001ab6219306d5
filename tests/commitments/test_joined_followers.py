"""Two followers who wait for parts of the same update and are merged: each part arrives once."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pytest
from sqlalchemy import select, update

from api.actors import Action
from api.campaigns.audience import unfollow
from api.outbox import service, transitions
from api.outbox.models import Body, Delivery
from api.outbox.states import DeliveryState
from api.residents import follows
from api.residents.models import Resident
from api.workflows import resident_admin, residents
from tests.campaigns.office import take
from tests.commitments.office import STEPS, follower
from tests.commitments.office import update as news
from tests.commitments.plans import CODE
from tests.outbox.rows import counted, deliveries, tallied
from tests.world import KEYRING, World


async def waiting(desk: World) -> tuple[int, int, int]:
    """Return one who waits for parts 3 and 4, one who waits for 4 and 5, and the campaign."""
    one = await follower(desk, f"commitment:{CODE}/3", f"commitment:{CODE}/4")
    other = await follower(desk, f"commitment:{CODE}/4", f"commitment:{CODE}/5")
    for number in (3, 4, 5):
        campaign = await news(desk, number, f"news {number}")
    await take(desk, campaign, *STEPS)
    return one, other, campaign


async def set_state(desk: World, campaign: int, resident: int, state: str) -> None:
    """Set the state of what waits for someone."""
    if state != DeliveryState.QUEUED:
        async with desk.db.transaction() as session:
            own = (Delivery.campaign_id == campaign, Delivery.resident_id == resident)
            await transitions.move_all(session, state, *own, reason="", now=desk.now())


async def merge(desk: World, one: int, other: int) -> None:
    async with desk.db.transaction() as session:
        both = [await session.get_one(Resident, each) for each in (one, other)]
        how: dict[str, Any] = {"how": "code", "channel": "sms", "keyring": KEYRING, "now": desk.now()}
        await residents.merge_residents(session, one=both[0], other=both[1], **how)


async def unmerge(desk: World) -> None:
    async with desk.db.transaction() as session:
        await residents.undo_merge(session, 1, action=Action("amina", desk.now()), keyring=KEYRING)


async def arrived(desk: World, campaign: int) -> dict[int, list[int]]:
    """Return the parts that arrived, by the resident they were first queued for."""
    parts = defaultdict(list)
    async with desk.db.transaction() as session:
        rows = select(Delivery.resident_id, Body.text).join(Body, Body.id == Delivery.body_id)
        out = Delivery.state.in_((DeliveryState.SENT, DeliveryState.DELIVERED))
        for resident, text in await session.execute(rows.where(Delivery.campaign_id == campaign, out)):
            parts[resident] += [each for each in (3, 4, 5) if f"news {each}" in text]
    return dict(parts)


@pytest.mark.parametrize(
    ("own_state", "other_state", "undone", "expected"),
    [
        ("queued", "queued", False, ([3, 4, 5], [])),
        ("sent", "queued", False, ([3, 4], [5])),
        ("queued", "sent", False, ([3], [4, 5])),
        ("failed", "queued", False, ([], [4, 5])),
        ("queued", "expired", False, ([3, 4], [])),
        ("queued", "queued", True, ([3, 4, 5], [])),
        ("sent", "queued", True, ([3, 4], [5])),
    ],
)
async def test_each_part_arrives_once(
    wired_desk: World, own_state: str, other_state: str, undone: bool, expected: tuple[list[int], list[int]]
) -> None:
    one, other, campaign = await waiting(wired_desk)
    await set_state(wired_desk, campaign, one, own_state)
    await set_state(wired_desk, campaign, other, other_state)
    await merge(wired_desk, one, other)
    if undone:
        await unmerge(wired_desk)
    await wired_desk.deliver()
    came = await arrived(wired_desk, campaign)
    assert (came.get(one, []), came.get(other, [])) == expected
    if not undone:
        await unmerge(wired_desk)
        await wired_desk.deliver()
        assert await arrived(wired_desk, campaign) == came
    assert await tallied(wired_desk, campaign) == await counted(wired_desk, campaign)


@pytest.mark.parametrize("sent", ["first", "second"])
async def test_if_three_are_merged_each_part_arrives_once(wired_desk: World, sent: str) -> None:
    third = await follower(wired_desk, f"commitment:{CODE}/3", f"commitment:{CODE}/5")
    one, other, campaign = await waiting(wired_desk)
    await set_state(wired_desk, campaign, one if sent == "first" else other, "sent")
    await merge(wired_desk, one, other)
    await merge(wired_desk, one, third)
    await wired_desk.deliver()
    came = await arrived(wired_desk, campaign)
    assert sorted(each for parts in came.values() for each in parts) == [3, 4, 5]
    assert await tallied(wired_desk, campaign) == await counted(wired_desk, campaign)


@pytest.mark.parametrize("how", ["stops", "unfollows", "is erased"])
async def test_deliveries_of_a_merged_resident_end_with_the_other_one(desk: World, how: str) -> None:
    one, other, campaign = await waiting(desk)
    await set_state(desk, campaign, one, "sent")
    await merge(desk, one, other)
    async with desk.db.transaction() as session:
        if how == "stops":
            await service.cancel_unsolicited(session, one, now=desk.now())
        elif how == "unfollows":
            await follows.unfollow(session, resident_id=one, kind="commitment", ref=f"{CODE}/5")
            await unfollow.remove_topics(session, resident_id=one, now=desk.now())
        else:
            await resident_admin.erase(session, one, action=Action("amina", desk.now()))
    assert {each.resident_id: each.state for each in await deliveries(desk, campaign)} == {
        one: "sent",
        other: "cancelled",
    }
    assert await tallied(desk, campaign) == await counted(desk, campaign)


async def test_a_delivery_in_flight_to_a_merged_resident_is_tried_again(wired_desk: World) -> None:
    one, other, campaign = await waiting(wired_desk)
    await set_state(wired_desk, campaign, one, "sent")
    async with wired_desk.db.transaction() as session:
        own = (Delivery.campaign_id == campaign, Delivery.resident_id == other)
        await session.execute(update(Delivery).where(*own).values(state=DeliveryState.SENDING))
    await merge(wired_desk, one, other)
    (row,) = [each for each in await deliveries(wired_desk, campaign) if each.state == DeliveryState.SENDING]
    async with wired_desk.db.transaction() as session:
        await service.retry_later(session, row.id, due_at=wired_desk.now(), reason="throttled", now=wired_desk.now())
    await wired_desk.deliver()
    assert await arrived(wired_desk, campaign) == {one: [3, 4], other: [4, 5]}


async def test_deliveries_are_cancelled_if_the_other_one_stopped(desk: World) -> None:
    one, other, campaign = await waiting(desk)
    async with desk.db.transaction() as session:
        (await session.get_one(Resident, one)).state = "stopped"
    await merge(desk, one, other)
    assert {each.state for each in await deliveries(desk, campaign)} == {"cancelled"}
    assert await tallied(desk, campaign) == await counted(desk, campaign)
