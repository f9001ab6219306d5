"""The SMS channel with several providers: all receive, and each message takes the road it names."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from fastapi import APIRouter, FastAPI

from api.channel import Outgoing, SendResult
from api.routing.roads import Road, Roads
from sms.channel import SmsChannel

ROADS = Roads(
    [
        Road(name="one", provider="one", sender="5757"),
        Road(name="two", provider="two", sender="SAWT"),
        Road(name="two-again", provider="two", sender="SAWT2"),
    ]
)


class Gateway:
    """A provider double: records its deliveries, and whether its connections are open."""

    def __init__(self, name: str) -> None:
        self.name, self.router, self.open = name, APIRouter(), False
        self.router.add_api_route(f"/sms/{name}/inbound", self.hear)
        self.sent: list[tuple[int, str]] = []

    async def hear(self) -> None:
        """Its webhook."""

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        self.open = True
        yield
        self.open = False

    async def send(self, *, to: str, text: str, delivery_id: int, road: Road) -> SendResult:
        assert self.open
        self.sent.append((delivery_id, road.sender))
        return SendResult("1")


async def test_a_message_takes_the_road_it_names_and_else_the_first() -> None:
    one, two = Gateway("one"), Gateway("two")
    channel = SmsChannel([one, two], ROADS)
    async with channel.running():
        for number, road in enumerate(("two", "", "one", "elsewhere", "two-again"), start=1):
            await channel.send(Outgoing(number, "+212600055501", "bonjour", road=road))
        assert (one.open, two.open) == (True, True)
    assert (one.open, two.open) == (False, False)
    assert (one.sent, two.sent) == ([(2, "5757"), (3, "5757"), (4, "5757")], [(1, "SAWT"), (5, "SAWT2")])


async def test_every_provider_is_heard() -> None:
    app = FastAPI()
    app.include_router(SmsChannel([Gateway("one"), Gateway("two")], ROADS).router)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://sawt") as http:
        statuses = [(await http.get(f"/sms/{name}/inbound")).status_code for name in ("one", "two", "three")]
    assert statuses == [200, 200, 404]
