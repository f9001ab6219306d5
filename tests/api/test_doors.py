"""Public behaviour of the service: no redirect to a forged host, no caching of staff data, no blocked residents."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from api.errors import Unavailable
from tests.people import joined
from tests.world import World, quiet


@pytest.mark.parametrize("path", ["/receipts/", "/consultations/plan/receipts/", "/v1/overview/"])
async def test_no_redirect_follows_the_host_header(quiet_world: World, path: str) -> None:
    answer = await quiet_world.http.get(path, headers={"Host": "evil.example"})
    assert answer.status_code == 404
    assert "location" not in answer.headers


@pytest.mark.parametrize("token", ["", "wrong"])
@pytest.mark.parametrize("path", ["/v1/overview", "/v1/nothing"])
async def test_nothing_below_v1_is_kept_on_the_way(quiet_world: World, path: str, token: str) -> None:
    for headers in ({"Authorization": f"Bearer {token}"}, {}):
        answer = await quiet_world.http.get(path, headers=headers)
        assert answer.headers["Cache-Control"] == "no-store"


async def test_what_the_api_is_like_can_be_for_staff_alone(database_url: str) -> None:
    async with quiet(database_url, api_described=False) as world:
        token = world.settings.api_token.get_secret_value()
        bare = httpx.AsyncClient(transport=world.http._transport, base_url=world.url)
        assert (await bare.get("/openapi.json")).status_code == 401
        known = {"Authorization": f"Bearer {token}"}
        assert (await bare.get("/openapi.json", headers=known)).status_code == 200


async def test_a_crowd_that_reads_pages_holds_up_nobody_who_answers(own_world: World) -> None:
    """All connections for readers are in use and none is returned; an answer needs none of them."""
    person = await joined(own_world, "sms", "fr")
    taken = asyncio.Semaphore(0)
    over = asyncio.Event()

    async def hold() -> None:
        async with own_world.db.viewing() as session:
            await session.scalar(text("SELECT count(*) FROM residents"))
            taken.release()
            await over.wait()

    async with asyncio.TaskGroup() as readers:
        for _ in range(3):
            readers.create_task(hold())
        for _ in range(3):
            await taken.acquire()
        with pytest.raises(Unavailable):
            async with own_world.db.viewing() as session:
                await session.scalar(text("SELECT 1"))
        await person.pick(1)
        over.set()
    assert (await own_world.results()).ballots == 1


async def test_pages_can_write_nothing(quiet_world: World) -> None:
    with pytest.raises((DBAPIError, Unavailable)):
        async with quiet_world.db.viewing() as session:
            await session.execute(text("DELETE FROM residents"))
