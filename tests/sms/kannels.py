"""Kannel's side of the wire, as tests play it: a text that came in, and the reports it was told to make."""

from __future__ import annotations

import uuid
from urllib.parse import parse_qs, urlsplit

import httpx
from sqlalchemy import select

from api.outbox.models import Delivery
from tests.world import World

SECRET = "a-shared-secret-of-kannel"
INBOUND, REPORT = "/sms/kannel/inbound", "/sms/kannel/report"

# What a newcomer says until they are asked something in each language: each of these is answered.
WAYS = {
    "fr": ("Bonjour", "2", "Oui", "3", "La première", "2"),
    "ar": ("السلام عليكم", "١", "نعم", "٣", "١", "نعم"),
    "zgh": ("ⴰⵣⵓⵍ", "3", "ⵢⴰⵀ", "3", "1", "ⵢⴰⵀ"),
}


def text_from(world: World, text: str, **more: str) -> dict[str, str]:
    """What Kannel asks with: a text of somebody new unless `more` says from whom, with an id nobody has used."""
    given = {"from": world.number(), "to": "5757", "text": text, "id": str(uuid.uuid4())}
    given["at"] = str(int(world.now().timestamp()))
    return {**given, "secret": SECRET, **more}


async def hears(world: World, query: dict[str, str]) -> httpx.Response:
    """One request of its get-url."""
    return await world.http.get(INBOUND, params=query)


async def reports(world: World, replied: httpx.Response, kind: str, reason: str = "") -> httpx.Response:
    """The report that a reply's headers asked for; Kannel fills in type and reason."""
    url = replied.headers["X-Kannel-DLR-Url"].replace("%d", kind).replace("%A", str(httpx.QueryParams(x=reason))[2:])
    return await world.http.get(url)


def deliveries_in(replied: httpx.Response) -> list[int]:
    """Which deliveries a reply stands for."""
    return [int(number) for number in parse_qs(urlsplit(replied.headers["X-Kannel-DLR-Url"]).query)["delivery"]]


async def outcomes(world: World, numbers: list[int]) -> list[tuple[str, str | None]]:
    """The states of deliveries, and the reasons for them."""
    found = select(Delivery.state, Delivery.reason).where(Delivery.id.in_(numbers)).order_by(Delivery.id)
    async with world.db.transaction() as session:
        return [(state, reason) for state, reason in await session.execute(found)]
