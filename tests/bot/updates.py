"""Hand-made updates as Telegram posts them to a webhook, including some that the rehearsal never sends."""

from __future__ import annotations

import json
from itertools import count
from typing import Any

import httpx
from sqlalchemy import func, select

from api.inbound.models import Inbound
from bot.receive import PATH
from tests.people import TelegramPerson
from tests.world import World

SECRET = "a-secret_1"
HEADER = b"X-Telegram-Bot-Api-Secret-Token"
_numbers = count(500_000_001)  # not used by the rehearsal
LATE = 2_000_000_000  # a time after any question that a test asks
_BOT = {"id": 1000000001, "is_bot": True, "first_name": "Sawt"}


def update(**content: Any) -> dict[str, Any]:
    """An update with an id of its own."""
    return {"update_id": next(_numbers), **content}


def message(user_id: int, *, kind: str = "private", **content: Any) -> dict[str, Any]:
    """A message of a person, in their own chat or in another kind of chat."""
    chat = {"id": user_id if kind == "private" else -user_id, "type": kind, "title": "a chat"}
    person = {"id": user_id, "is_bot": False, "first_name": "Someone"}
    return {"message_id": next(_numbers), "date": LATE, "chat": chat, "from": person, **content}


def tap(user_id: int, message_id: int, data: str) -> dict[str, Any]:
    """A tap on a message of the bot; the rehearsal does not know its query."""
    asked = {**message(user_id, text="?"), "message_id": message_id, "from": _BOT}
    person = {"id": user_id, "is_bot": False, "first_name": "Someone"}
    query = {"id": str(next(_numbers)), "from": person, "message": asked, "chat_instance": "1", "data": data}
    return update(callback_query=query)


async def post(world: World, body: Any, *, secret: str | None = SECRET) -> httpx.Response:
    """Post an update, or any bytes, to the webhook."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {b"Content-Type": b"application/json"}
    if secret is not None:
        headers[HEADER] = secret.encode("latin-1")
    return await world.http.post(PATH, content=content, headers=headers)


def number_of(person: TelegramPerson) -> int:
    """The person's Telegram id."""
    return person.user.profile.id


async def inbound(world: World) -> int:
    """How many messages were received."""
    async with world.db.transaction() as session:
        return await session.scalar(select(func.count()).select_from(Inbound)) or 0
