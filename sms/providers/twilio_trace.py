"""Find one of our messages among those that Twilio lists, which carry no key of ours.

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
    """Why a message failed, in the fields of `SendResult`."""

    reason: str | None
    gone: bool
    against: SendError | None


def find_message(
    listed: Sequence[Any], *, text: str, sender: str, trail: Trail, most: int, now: datetime
) -> SendResult | None:
    """Return the result of our message, found in `listed`: all messages to its number, newest first.

    A candidate is a listed message that may be ours. If candidates have our text, the oldest of them is ours. Two equal
    texts to one number may be confused, which is harmless. If no candidate has our text, the oldest is ours, provided
    that all are from our sender and that there are as many as deliveries in question. Return None if our message is
    certainly not listed. Raises Untraceable if it is unclear which message is ours, or if there is no candidate among
    `most` messages.
    """
    free = [message for message in listed if _may_be(message, trail)]
    same = [message for message in free if _words(message.body) == _words(text)]
    if same:
        return to_receipt(same[-1], now)
    if free:
        if len(free) == 1 + trail.others and all(_is_by(message, sender) for message in free):
            return to_receipt(free[-1], now)
        raise Untraceable("reworded")
    if len(listed) >= most:
        raise Untraceable("too many")
    return None


def to_receipt(message: Any, now: datetime) -> SendResult:
    """Return the result of a message that Twilio lists."""
    state = STATES.get(message.status, DeliveryState.SENT)
    failure = failure_details(state, message.error_code or message.status, to=message.to or "", now=now)
    return SendResult(message.sid, segments(message, message.body or ""), state, **failure)


def failure_details(state: str, code: str | int | None, *, to: str, now: datetime) -> FailureDetails:
    """Return what Twilio's code means for a message that it accepted, if the message failed."""
    if state != DeliveryState.FAILED:
        return FailureDetails(reason=None, gone=False, against=None)
    reason = str(code or "")[:8] or None
    error = delivery_error(reason, to=to, now=now)
    against = error if isinstance(error, Misconfigured | Throttled) else None
    return FailureDetails(reason=reason, gone=isinstance(error, Gone), against=against)


def segments(message: Any, text: str) -> int:
    """Return Twilio's count of segments.

    Return our own count while Twilio says 0, because a messaging service has not chosen a sender yet.
    """
    return int(message.num_segments or 0) or count(text).parts


def _may_be(message: Any, trail: Trail) -> bool:
    """Return whether a listed message may be ours: sent by REST, recent enough, and not known from another delivery."""
    old = message.date_created is not None and message.date_created < trail.since - _SKEW
    return message.direction == "outbound-api" and message.sid not in trail.known and not old


def _is_by(message: Any, sender: str) -> bool:
    return sender in (message.from_, message.messaging_service_sid)


def _words(text: str | None) -> str:
    """Return a text without surrounding space, which providers trim, and with one kind of line end."""
    return "\n".join((text or "").split("\r\n")).strip()
