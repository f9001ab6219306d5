"""Finding one message again among those that Twilio lists: no key of ours comes back, so its words must do."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from api.channel import Receipt, Untraceable
from api.outbox import states
from sms.providers.twilio_errors import opted_out
from sms.segments import count

STATES = {
    "sent": states.SENT,
    "delivered": states.DELIVERED,
    "read": states.DELIVERED,
    "undelivered": states.FAILED,
    "failed": states.FAILED,
    "canceled": states.FAILED,
}  # earlier ones say nothing that the outbox does not know
_SKEW = timedelta(minutes=5)  # between Twilio's clock and ours; an older message of the same words has its delivery


def find(listed: Sequence[Any], *, text: str, since: datetime, known: Collection[str], most: int) -> Receipt | None:
    """The receipt of the oldest message in a list (newest first) that can be ours: sent by REST, unknown, of this text.

    Of two equal texts to one number either may be either's: the person got as many as are counted. Raises Untraceable
    where the words of one were redacted, or where the list is as long as `most` and may go on.
    """
    free = [
        each
        for each in listed
        if each.direction == "outbound-api" and each.sid not in known and each.date_created >= since - _SKEW
    ]
    same = [each for each in free if each.body.strip() == text.strip()]
    if same:
        return receipt(same[-1])
    if any(not each.body for each in free):
        raise Untraceable("redacted")
    if len(listed) >= most:
        raise Untraceable("too many")
    return None


def receipt(message: Any) -> Receipt:
    """What a message of Twilio's says of itself."""
    state = STATES.get(message.status, states.SENT)
    reason = str(message.error_code or message.status)[:8] if state == states.FAILED else None
    return Receipt(
        message.sid, segments(message, message.body), state, reason, gone=state == states.FAILED and opted_out(reason)
    )


def segments(message: Any, text: str) -> int:
    """As many as Twilio counts; our own count as long as a messaging service has picked no sender, and says 0."""
    return int(message.num_segments or 0) or count(text).parts
