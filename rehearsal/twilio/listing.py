"""The list of messages: Twilio's filters, order and pages."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any
from urllib.parse import urlencode

from rehearsal.server import Answer
from rehearsal.twilio.codes import Refusal
from rehearsal.twilio.message import Message

_FILTERS = ("To", "From", "DateSent", "DateSent<", "DateSent>")
_BAD = Refusal(400, 20001, "A parameter of the list has a value that cannot be read.")


def list_messages(messages: list[Message], params: dict[str, Any], account_sid: str) -> Answer:
    """Answer `GET Messages.json`, the newest first, up to 1000 on a page, 50 by default.

    `DateSent<` and `DateSent>` include the moment given, in UTC; a bare date is a whole day. A message not yet sent has
    no date and matches no date filter.
    """
    try:
        size = min(max(int(params.get("PageSize", 50)), 1), 1000)
        page = max(int(params.get("Page", 0)), 0)
        fits = [_filter(name, str(params[name])) for name in _FILTERS if params.get(name)]
    except (ValueError, TypeError, OverflowError):
        return _BAD.answer()
    found: Iterable[Message] = (message for message in reversed(messages) if all(fit(message) for fit in fits))
    rows = list(islice(found, page * size, (page + 1) * size + 1))
    more, rows = len(rows) > size, rows[:size]
    wishes = {name: params[name] for name in _FILTERS if params.get(name)}

    def uri(number: int) -> str:
        query = urlencode(wishes | {"PageSize": size, "Page": number})
        return f"/2010-04-01/Accounts/{account_sid}/Messages.json?{query}"

    content = {
        "messages": [row.resource(account_sid) for row in rows],
        "page": page,
        "page_size": size,
        "start": page * size,
        "end": page * size + max(len(rows) - 1, 0),
        "uri": uri(page),
        "first_page_uri": uri(0),
        "next_page_uri": uri(page + 1) if more else None,
        "previous_page_uri": uri(page - 1) if page else None,
    }
    return Answer(200, content)


def _filter(name: str, value: str) -> Callable[[Message], bool]:
    if name == "To":
        return lambda message: message.to == value
    if name == "From":
        return lambda message: message.sender == value
    # Twilio's own clients write a day as its midnight.
    start, end = _span(value.removesuffix("T00:00:00Z") if name == "DateSent" else value)
    if name == "DateSent<":
        return lambda message: message.sent is not None and message.sent < end
    if name == "DateSent>":
        return lambda message: message.sent is not None and message.sent >= start
    return lambda message: message.sent is not None and start <= message.sent < end


def _span(value: str) -> tuple[float, float]:
    """A day, or one second where a time of day is given: Unix seconds, the end left out."""
    start = datetime.fromisoformat(value)
    if start.tzinfo is None:
        start = start.replace(tzinfo=UTC)
    length = timedelta(days=1) if len(value) == len("2026-11-24") else timedelta(seconds=1)
    return start.timestamp(), (start + length).timestamp()
