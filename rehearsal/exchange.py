"""One HTTP exchange between Sawt and the rehearsal. A checker in the tests inspects each exchange."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

Peer = Literal["twilio", "telegram"]


@dataclass(frozen=True, slots=True)
class Exchange:
    """An HTTP request and its answer.

    Sawt sends requests to the rehearsal; the rehearsal sends callbacks to Sawt.

    - `operation` is the Bot API method or the path below `/twilio`. For a callback: "inbound", "status" or "update".
    - `params` has strings if a form was sent (a list for a repeated name), and decoded values if JSON was sent.
    - `status` is 0 if nobody answered.
    - `answer` is decoded JSON, or text.
    - `lost` is true if the answer was never received.
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
