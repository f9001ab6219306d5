"""Progress as server-sent events: one per change, kept open by comments, ended with the campaign."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from api.campaigns.reporting import progress
from api.campaigns.scheduler import tick
from api.outbox import service as outbox
from tests.api.office import call
from tests.campaigns.crowd import resident
from tests.campaigns.test_campaigns import NEWS, make, take
from tests.world import API_TOKEN, World

Event = tuple[str, dict[str, Any]]


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "EVERY", 0.05)


async def launched(world: World) -> int:
    for _ in range(3):
        await resident(world)
    campaign = await make(world, NEWS, urgent=True)
    await take(world, campaign, "submit", "approve", "launch")
    return campaign


@asynccontextmanager
async def following(world: World, campaign: int, seen: str | None = None) -> AsyncIterator[AsyncIterator[str]]:
    """The lines of a stream while the block runs."""
    headers = {"Authorization": f"Bearer {API_TOKEN}", **({"Last-Event-ID": seen} if seen else {})}
    path = f"/v1/campaigns/{campaign}/progress"
    async with world.http.stream("GET", path, headers=headers, timeout=httpx.Timeout(20)) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert answer.headers["cache-control"] == "no-store"
        yield answer.aiter_lines()


async def event(lines: AsyncIterator[str]) -> Event | None:
    """The next event as its id and data; None at the end of the stream."""
    name = ""
    async for line in lines:
        if line.startswith("id: "):
            name = line.removeprefix("id: ")
        elif line.startswith("data: "):
            return name, json.loads(line.removeprefix("data: "))
    return None


async def test_it_tells_each_change_and_ends_when_the_campaign_is_over(own_world: World) -> None:
    campaign = await launched(own_world)
    async with following(own_world, campaign) as lines:
        first = await event(lines)
        assert first is not None
        assert (first[1]["state"], first[1]["states"]) == ("running", {"queued": 3})
        await own_world.deliver()
        async with own_world.db.transaction() as session:
            await tick(session, kit=own_world.kit, now=own_world.now())
        last = first
        while last[1]["state"] != "finished":
            changed = await event(lines)
            assert changed is not None
            assert changed[1] != last[1]
            last = changed
        assert last[1]["states"] == {"delivered": 3}
        report = (await call(own_world, "GET", f"/v1/campaigns/{campaign}/report")).json()
        assert last[1] == report
        assert await event(lines) is None  # the stream has ended


async def test_silence_is_kept_open_by_comments_and_nothing_is_said_twice(
    own_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "PING", 0.2)
    campaign = await launched(own_world)
    async with following(own_world, campaign) as lines:
        await event(lines)
        seen = []
        async for line in lines:
            seen.append(line)
            if sum(each.startswith(":") for each in seen) == 3:
                break
        assert not any(each.startswith("data:") for each in seen)


async def test_who_has_seen_the_last_event_is_told_only_what_is_new(own_world: World) -> None:
    campaign = await launched(own_world)
    async with following(own_world, campaign) as lines:
        first = await event(lines)
    assert first is not None
    async with following(own_world, campaign, seen=first[0]) as lines:
        await take(own_world, campaign, "cancel")
        second = first
        while second[1]["state"] != "cancelled":
            changed = await event(lines)
            assert changed is not None
            assert changed[0] != second[0]
            second = changed
        assert second[1]["states"] == {"cancelled": 3}
        assert await event(lines) is None
    again = await call(own_world, "GET", f"/v1/campaigns/{campaign}/progress", headers={"Last-Event-ID": second[0]})
    assert (again.status_code, again.text) == (204, "")  # an EventSource stops reconnecting


async def test_no_connection_is_held_while_many_watch(own_world: World) -> None:
    """SQLite has one connection, PostgreSQL eight: twelve watchers release them between reads."""
    campaign = await launched(own_world)

    async def watch(going: asyncio.Event) -> None:
        async with following(own_world, campaign) as lines:
            assert await event(lines) is not None
            ready.release()
            await going.wait()

    ready, going = asyncio.Semaphore(0), asyncio.Event()
    watching = [asyncio.create_task(watch(going)) for _ in range(12)]
    for _ in watching:
        await ready.acquire()
    for _ in range(20):
        async with own_world.db.transaction() as session:
            assert not await outbox.is_done(session, campaign_id=campaign)
    going.set()
    await asyncio.gather(*watching)


async def test_who_leaves_ends_their_stream(own_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "EVERY", 3600.0)  # only leaving wakes it
    ended, changes = asyncio.Event(), progress.changes

    async def until_ended(*args: Any, **kwargs: Any) -> AsyncIterator[Any]:
        try:
            async for each in changes(*args, **kwargs):
                yield each
        finally:
            ended.set()

    monkeypatch.setattr(progress, "changes", until_ended)
    async with following(own_world, await launched(own_world)) as lines:
        assert await event(lines) is not None
        assert not ended.is_set()
    async with asyncio.timeout(60):
        await ended.wait()
