"""One HTTP exchange between Sawt and the rehearsal. A checker in the tests inspects each exchange."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

Peer = Literal["twilio", "telegram"]


@dataclass(frozen=True, slots=True)
class Exchange:
    """An HTTP request and its answer.

    `direction` is "request" from Sawt to the rehearsal, or "callback" from the rehearsal to Sawt. `operation` is the
    Bot API method, the path of the Twilio request below `/twilio`, or the content of a callback ("inbound", "status",
    "update"). `params` are as sent: strings for a form (a list if a name is repeated), decoded values for JSON.
    `status` is 0 if nobody answered. `answer` is decoded JSON or text. `lost` means that the answer was never received.
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
