"""The SMS channel with several providers: all are heard, and each message takes the road it names."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from fastapi import APIRouter, FastAPI

from api.channel import Outgoing, Receipt
from sms.channel import SmsChannel


class Road:
    """A provider double: which deliveries it was given, and whether its connections are open."""

    def __init__(self, name: str) -> None:
        self.name, self.router, self.open = name, APIRouter(), False
        self.router.add_api_route(f"/sms/{name}/inbound", self.hear)
        self.sent: list[int] = []

    async def hear(self) -> None:
        """Its webhook."""

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        self.open = True
        yield
        self.open = False

    async def send(self, *, to: str, text: str, delivery_id: int) -> Receipt:
        assert self.open
        self.sent.append(delivery_id)
        return Receipt("1")


async def test_a_message_takes_the_road_it_names_and_else_the_first() -> None:
    one, two = Road("one"), Road("two")
    channel = SmsChannel([one, two])
    async with channel.running():
        for number, road in enumerate(("two", "", "one", "elsewhere"), start=1):
            await channel.send(Outgoing(number, "+212600055501", "bonjour", road=road))
        assert (one.open, two.open) == (True, True)
    assert (one.open, two.open) == (False, False)
    assert (one.sent, two.sent) == ([2, 3, 4], [1])


async def test_every_provider_is_heard() -> None:
    app = FastAPI()
    app.include_router(SmsChannel([Road("one"), Road("two")]).router)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://sawt") as http:
        found = [(await http.get(f"/sms/{name}/inbound")).status_code for name in ("one", "two", "three")]
    assert found == [200, 200, 404]
