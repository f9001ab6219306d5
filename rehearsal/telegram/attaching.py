"""The Bot API methods that send a place or a file."""

import secrets
from typing import Any

from rehearsal.telegram.bot import BotServer
from rehearsal.telegram.errors import bad_request
from rehearsal.telegram.params import Params
from rehearsal.telegram.sending import deliver, recipient


def send_venue(bot: BotServer, params: Params) -> dict[str, Any]:
    """Execute sendVenue, which sends a place."""
    user = recipient(bot, params)
    title, address = params.text("title"), params.text("address")
    if not title or not address:
        raise bad_request("venue title or address is empty")
    point = {"latitude": _degrees(params, "latitude", 90), "longitude": _degrees(params, "longitude", 180)}
    return deliver(bot, user, params, "", [], venue={"location": point, "title": title, "address": address})


def send_document(bot: BotServer, params: Params) -> dict[str, Any]:
    """Execute sendDocument with an uploaded file."""
    user = recipient(bot, params)
    data = params.file("document")
    if not data:
        raise bad_request("there is no document in the request")
    document = f"BQACAgQAAx{secrets.token_hex(16)}"
    bot.documents[document] = data
    attachment = {"file_id": document, "file_unique_id": document[-16:], "file_name": params.file_name("document")}
    return deliver(bot, user, params, params.text("caption"), [], document=attachment)


def _degrees(params: Params, name: str, most: int) -> float:
    try:
        degrees = float(params.text(name))
    except ValueError:
        raise bad_request(f"{name} must be a number") from None
    if not -most <= degrees <= most:
        raise bad_request(f"wrong {name}")
    return degrees
