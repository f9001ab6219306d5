"""Updates as Telegram would post them to a webhook, made by hand: also those that no rehearsal sends."""

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
_numbers = count(500_000_001)  # far from those of the rehearsal
LATE = 2_000_000_000  # a moment after any question that a test asks
_BOT = {"id": 1000000001, "is_bot": True, "first_name": "Sawt"}


def update(**content: Any) -> dict[str, Any]:
    """An update with a number of its own."""
    return {"update_id": next(_numbers), **content}


def message(user_id: int, *, kind: str = "private", **content: Any) -> dict[str, Any]:
    """A message of a person, in their own chat or in another kind of chat."""
    chat = {"id": user_id if kind == "private" else -user_id, "type": kind, "title": "a chat"}
    person = {"id": user_id, "is_bot": False, "first_name": "Someone"}
    return {"message_id": next(_numbers), "date": LATE, "chat": chat, "from": person, **content}


def tap(user_id: int, message_id: int, data: str) -> dict[str, Any]:
    """A tap on a message of the bot; its query is none that the rehearsal knows."""
    asked = {**message(user_id, text="?"), "message_id": message_id, "from": _BOT}
    person = {"id": user_id, "is_bot": False, "first_name": "Someone"}
    query = {"id": str(next(_numbers)), "from": person, "message": asked, "chat_instance": "1", "data": data}
    return update(callback_query=query)


async def post(world: World, what: Any, *, secret: str | None = SECRET) -> httpx.Response:
    """Post an update, or any bytes, to the webhook."""
    content = what if isinstance(what, bytes) else json.dumps(what).encode()
    headers = {b"Content-Type": b"application/json"}
    if secret is not None:
        headers[HEADER] = secret.encode("latin-1")
    return await world.http.post(PATH, content=content, headers=headers)


def number_of(person: TelegramPerson) -> int:
    """Their Telegram id."""
    return person.user.profile.id


async def inbound(world: World) -> int:
    """How many messages were heard."""
    async with world.db.transaction() as session:
        return await session.scalar(select(func.count()).select_from(Inbound)) or 0
