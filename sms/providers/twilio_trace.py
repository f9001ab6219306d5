"""Find a message of ours among those that Twilio lists. Twilio's list does not contain our delivery ids.

A listed message's receiver, time, origin (REST) and sender are reliable. Its text is not: Twilio may list it with other
characters, with a footer, with a shortened link, or blank.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, TypedDict

from api.channel import Gone, Misconfigured, SendError, SendResult, Throttled, Trail, Untraceable
from api.outbox.states import DeliveryState
from sms.providers.twilio_errors import delivery_error
from sms.segments import count

STATES = {
    "sent": DeliveryState.SENT,
    "delivered": DeliveryState.DELIVERED,
    "read": DeliveryState.DELIVERED,
    "undelivered": DeliveryState.FAILED,
    "failed": DeliveryState.FAILED,
    "canceled": DeliveryState.FAILED,
}  # Twilio's earlier states tell the outbox nothing new
_SKEW = timedelta(minutes=5)  # Twilio's clock may differ by this; older messages belong to other deliveries


class FailureDetails(TypedDict):
    """The reason for a message's failure, in the fields of `SendResult`."""

    reason: str | None
    gone: bool
    against: SendError | None


def find_message(
    listed: Sequence[Any], *, text: str, sender: str, trail: Trail, most: int, now: datetime
) -> SendResult | None:
    """Find our message among `listed`, the newest messages to its number, and return what became of it.

    If our message is certainly not listed, return None. If this cannot be told, raises Untraceable. `most` is the
    length at which the list was cut off.
    """
    free = [message for message in listed if _may_be(message, trail)]
    same = [message for message in free if _words(message.body) == _words(text)]
    if same:  # take the oldest: confusing two equal texts is harmless
        return to_receipt(same[-1], now)
    if free:  # Twilio changed our text: take the oldest message, if exactly our open deliveries are listed
        if len(free) == 1 + trail.others and all(_is_by(message, sender) for message in free):
            return to_receipt(free[-1], now)
        raise Untraceable("reworded")
    if len(listed) >= most:  # ours may be cut off
        raise Untraceable("too many")
    return None


def to_receipt(message: Any, now: datetime) -> SendResult:
    """Convert a message that Twilio lists to a `SendResult`."""
    state = STATES.get(message.status, DeliveryState.SENT)
    failure = failure_details(state, message.error_code or message.status, to=message.to or "", now=now)
    return SendResult(message.sid, segments(message, message.body or ""), state, **failure)


def failure_details(state: str, code: str | int | None, *, to: str, now: datetime) -> FailureDetails:
    """Return the reason for a failure from Twilio's error code. Unless `state` is "failed", all fields are empty."""
    if state != DeliveryState.FAILED:
        return FailureDetails(reason=None, gone=False, against=None)
    reason = str(code or "")[:8] or None
    error = delivery_error(reason, to=to, now=now)
    against = error if isinstance(error, Misconfigured | Throttled) else None
    return FailureDetails(reason=reason, gone=isinstance(error, Gone), against=against)


def segments(message: Any, text: str) -> int:
    """Return the number of segments that Twilio counted, or else our own count."""
    # Twilio says 0 until a messaging service has chosen a sender
    return int(message.num_segments or 0) or count(text).parts


def _may_be(message: Any, trail: Trail) -> bool:
    """Return whether a listed message may be ours."""
    old = message.date_created is not None and message.date_created < trail.since - _SKEW
    return message.direction == "outbound-api" and message.sid not in trail.known and not old


def _is_by(message: Any, sender: str) -> bool:
    return sender in (message.from_, message.messaging_service_sid)


def _words(text: str | None) -> str:
    """Return a text for comparison, without differences in white space that providers make."""
    return "\n".join((text or "").split("\r\n")).strip()
