"""One HTTP exchange between Sawt and the rehearsal, as the tests' wire checker sees it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

Peer = Literal["twilio", "telegram"]


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request and its answer.

    `direction` is "request" where Sawt asked us and "callback" where we asked Sawt. `operation` is the Bot API method,
    the path of the Twilio request below `/twilio`, or, for a callback, what it carries ("inbound", "status", "update").
    `params` are as sent: strings (a list where a name came several times) for a form, decoded values for JSON. `status`
    is 0 where nobody answered; `answer` is the decoded JSON, else the text; `lost` says that the other side never got
    it.
    """

    direction: Literal["request", "callback"]
    peer: Peer
    method: str
    path: str
    operation: str
    content_type: str
    params: dict[str, Any]
    status: int
    answer: Any
    lost: bool = False


Observer = Callable[[Exchange], None]
