"""Wait for the end of open work, instead of sleeping."""

import asyncio

import pytest

from rehearsal.activity import Activity, NotSettledError


async def test_a_quiet_network_is_settled(desk):
    await desk.network.settled()


async def test_open_exchange_is_named(desk):
    arrived, gate = asyncio.Event(), asyncio.Event()

    async def hold():
        arrived.set()
        await gate.wait()

    desk.sawt.during = hold
    sending = asyncio.create_task(desk.network.phone("+212600000001").send("1"))
    await arrived.wait()
    with pytest.raises(NotSettledError, match="1 x inbound SMS"):
        await desk.network.settled(timeout=0.02)
    gate.set()
    await desk.network.settled()
    assert await sending == []


async def test_callbacks_that_follow_are_waited_for(make_desk):
    async with make_desk(callback_delay=0.01) as desk:
        await desk.create("+212600000001", status_callback=f"{desk.base}/status")
        assert desk.network.activity.underway() == ["1 x status callbacks"]
        await desk.network.settled()
        assert len(desk.sawt.statuses) == 2


async def test_spawned_work_counts_before_its_first_step():
    activity, started = Activity(), []

    async def work():
        started.append(True)

    activity.spawn("work", work())
    assert (activity.underway(), started) == (["1 x work"], [])
    await activity.until(lambda: not activity.underway(), seconds=1, describe=lambda: "work")
    assert started == [True]


async def test_what_background_work_raises_comes_out(caplog):
    activity = Activity()

    async def work():
        raise ValueError("broken")

    activity.spawn("work", work())
    with pytest.raises(ValueError, match="broken"):
        await activity.until(lambda: not activity.underway(), seconds=1, describe=lambda: "work")
    assert "work failed" in caplog.text


async def test_closing_ends_work_that_never_started():
    activity = Activity()
    activity.spawn("work", asyncio.sleep(600))
    await activity.aclose()
    assert activity.underway() == []
