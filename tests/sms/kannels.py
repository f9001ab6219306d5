"""Kannel's side of the wire in tests: an incoming text, and the delivery reports it was asked for."""

from __future__ import annotations

import uuid
from urllib.parse import parse_qs, urlsplit

import httpx
from sqlalchemy import select

from api.outbox.models import Delivery
from tests.world import World

SECRET = "a-shared-secret-of-kannel"
INBOUND, REPORT = "/sms/kannel/inbound", "/sms/kannel/report"

# What a newcomer writes in each language until the first questions: each of these is answered.
WAYS = {
    "fr": ("Bonjour", "2", "Oui", "3", "La première", "2"),
    "ar": ("السلام عليكم", "١", "نعم", "٣", "١", "نعم"),
    "zgh": ("ⴰⵣⵓⵍ", "3", "ⵢⴰⵀ", "3", "1", "ⵢⴰⵀ"),
}


def text_from(world: World, text: str, **more: str) -> dict[str, str]:
    """The query of an incoming text: from somebody new unless `more` overrides it, with an unused id."""
    query = {"from": world.number(), "to": "5757", "text": text, "id": str(uuid.uuid4())}
    query["at"] = str(int(world.now().timestamp()))
    return {**query, "secret": SECRET, **more}


async def receive(world: World, query: dict[str, str]) -> httpx.Response:
    """Send one request of Kannel's get-url."""
    return await world.http.get(INBOUND, params=query)


async def report(world: World, replied: httpx.Response, kind: str, reason: str = "") -> httpx.Response:
    """Send the report that a reply's headers ask for, with the type and reason filled in."""
    url = replied.headers["X-Kannel-DLR-Url"].replace("%d", kind).replace("%A", str(httpx.QueryParams(x=reason))[2:])
    return await world.http.get(url)


def deliveries_in(replied: httpx.Response) -> list[int]:
    """The deliveries in a reply."""
    return [int(number) for number in parse_qs(urlsplit(replied.headers["X-Kannel-DLR-Url"]).query)["delivery"]]


async def outcomes(world: World, numbers: list[int]) -> list[tuple[str, str | None]]:
    """The states and reasons of deliveries."""
    statement = select(Delivery.state, Delivery.reason).where(Delivery.id.in_(numbers)).order_by(Delivery.id)
    async with world.db.transaction() as session:
        return [(state, reason) for state, reason in await session.execute(statement)]
