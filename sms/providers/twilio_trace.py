"""Find one message among those that Twilio lists, which carry no key of ours.

Its receiver, time, origin (REST) and sender are reliable. Its text is not: Twilio may list it smart-encoded, with a
footer, with a shortened link, or blanked.
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
}  # earlier states tell the outbox nothing new
_SKEW = timedelta(minutes=5)  # between Twilio's clock and ours; older messages belong to other deliveries


class FailureDetails(TypedDict):
    """Why a message failed, in the fields of `SendResult`."""

    reason: str | None
    gone: bool
    against: SendError | None


def find_message(
    listed: Sequence[Any], *, text: str, sender: str, trail: Trail, most: int, now: datetime
) -> SendResult | None:
    """The receipt of our message in a list of all messages to its number, newest first; None if it surely is not there.

    Of the candidates with our text the oldest is ours; receipts of equal texts to one number may be swapped, which is
    harmless. If no candidate has our text, the oldest is ours if all are from our sender and as many as the deliveries
    in question. Raises Untraceable if it is unclear which one is ours, or if `most` messages are listed and none is a
    candidate.
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
    """The receipt of a message that Twilio lists."""
    state = STATES.get(message.status, DeliveryState.SENT)
    failure = failure_details(state, message.error_code or message.status, to=message.to or "", now=now)
    return SendResult(message.sid, segments(message, message.body or ""), state, **failure)


def failure_details(state: str, code: str | int | None, *, to: str, now: datetime) -> FailureDetails:
    """What Twilio's code means for a message that it accepted, if the message failed."""
    if state != DeliveryState.FAILED:
        return FailureDetails(reason=None, gone=False, against=None)
    reason = str(code or "")[:8] or None
    error = delivery_error(reason, to=to, now=now)
    against = error if isinstance(error, Misconfigured | Throttled) else None
    return FailureDetails(reason=reason, gone=isinstance(error, Gone), against=against)


def segments(message: Any, text: str) -> int:
    """Twilio's count of segments; our own while Twilio says 0, because a messaging service has picked no sender."""
    return int(message.num_segments or 0) or count(text).parts


def _may_be(message: Any, trail: Trail) -> bool:
    """Whether it is a candidate: sent by REST, recent enough, and of no other delivery."""
    old = message.date_created is not None and message.date_created < trail.since - _SKEW
    return message.direction == "outbound-api" and message.sid not in trail.known and not old


def _is_by(message: Any, sender: str) -> bool:
    return sender in (message.from_, message.messaging_service_sid)


def _words(text: str | None) -> str:
    """A text without surrounding space, which providers trim, and with one kind of line end."""
    return "\n".join((text or "").split("\r\n")).strip()
