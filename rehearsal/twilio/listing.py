"""The list of messages in the REST API, with Twilio's filters, order and pages."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any
from urllib.parse import urlencode

from rehearsal.server import Answer
from rehearsal.twilio.codes import Refusal
from rehearsal.twilio.message import Message

_FILTERS = ("To", "From", "DateSent", "DateSent<", "DateSent>")
_BAD = Refusal(400, 20001, "A parameter of the list has an invalid value.")


def list_messages(messages: list[Message], params: dict[str, Any], account_sid: str) -> Answer:
    """Answer `GET Messages.json`: newest first, up to 1000 messages per page, 50 by default.

    `DateSent<` and `DateSent>` include the given UTC time. A date without a time means the whole day. Messages that
    were not sent yet match no date filter.
    """
    try:
        size = min(max(int(params.get("PageSize", 50)), 1), 1000)
        page = max(int(params.get("Page", 0)), 0)
        filters = [_filter(name, str(params[name])) for name in _FILTERS if params.get(name)]
    except (ValueError, TypeError, OverflowError):
        return _BAD.answer()
    matches: Iterable[Message] = (row for row in reversed(messages) if all(fits(row) for fits in filters))
    rows = list(islice(matches, page * size, (page + 1) * size + 1))
    more, rows = len(rows) > size, rows[:size]
    query = {name: params[name] for name in _FILTERS if params.get(name)}

    def uri(number: int) -> str:
        encoded = urlencode(query | {"PageSize": size, "Page": number})
        return f"/2010-04-01/Accounts/{account_sid}/Messages.json?{encoded}"

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
    # Twilio's own clients write a day as midnight of that day.
    start, end = _span(value.removesuffix("T00:00:00Z") if name == "DateSent" else value)
    if name == "DateSent<":
        return lambda message: message.sent is not None and message.sent < end
    if name == "DateSent>":
        return lambda message: message.sent is not None and message.sent >= start
    return lambda message: message.sent is not None and start <= message.sent < end


def _span(value: str) -> tuple[float, float]:
    """Return when a day or a second begins and when it ends, in Unix seconds. A `value` with a time means a second."""
    start = datetime.fromisoformat(value)
    if start.tzinfo is None:
        start = start.replace(tzinfo=UTC)
    length = timedelta(days=1) if len(value) == len("2026-11-24") else timedelta(seconds=1)
    return start.timestamp(), (start + length).timestamp()
