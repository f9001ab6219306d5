"""Finding one message again among those that Twilio lists: no key of ours comes back with them.

What cannot change tells: to whom, when, that REST asked for it, and by which sender. The text can: Twilio may list it
smart-encoded, with a footer, with a shortened link, or blanked.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, TypedDict

from api.channel import Gone, Misconfigured, SendError, SendResult, Throttled, Trail, Untraceable
from api.outbox import states
from sms.providers.twilio_errors import failed
from sms.segments import count

STATES = {
    "sent": states.SENT,
    "delivered": states.DELIVERED,
    "read": states.DELIVERED,
    "undelivered": states.FAILED,
    "failed": states.FAILED,
    "canceled": states.FAILED,
}  # earlier ones say nothing that the outbox does not know
_SKEW = timedelta(minutes=5)  # between Twilio's clock and ours; an older message has its delivery


class Fate(TypedDict):
    """Why a message failed: what is told of it to the outbox, as in `SendResult`."""

    reason: str | None
    gone: bool
    against: SendError | None


def find(listed: Sequence[Any], *, text: str, sender: str, trail: Trail, most: int, now: datetime) -> SendResult | None:
    """The receipt of ours in a list of all messages to its number, the newest first; None where it is certainly not
    there. Raises Untraceable where neither is certain.

    It is the oldest of the very same words that is nobody else's: of two equal texts to one number either may be
    either's, and the person got as many as are counted. Where the words differ, it is there if all of ours that may be
    there are: as many of our sender's as we look for. It is certainly not there only where nothing is that could be it.
    """
    free = [each for each in listed if _may_be(each, trail)]
    same = [each for each in free if _words(each.body) == _words(text)]
    if same:
        return receipt(same[-1], now)
    if free:
        if len(free) == 1 + trail.others and all(_is_by(each, sender) for each in free):
            return receipt(free[-1], now)
        raise Untraceable("reworded")
    if len(listed) >= most:
        raise Untraceable("too many")
    return None


def receipt(message: Any, now: datetime) -> SendResult:
    """What a message of Twilio's says of itself."""
    state = STATES.get(message.status, states.SENT)
    fate = fated(state, message.error_code or message.status, to=message.to or "", now=now)
    return SendResult(message.sid, segments(message, message.body or ""), state, **fate)


def fated(state: str, code: str | int | None, *, to: str, now: datetime) -> Fate:
    """What Twilio's code for a message that it took means, where the message failed."""
    if state != states.FAILED:
        return Fate(reason=None, gone=False, against=None)
    reason = str(code or "")[:8] or None
    error = failed(reason, to=to, now=now)
    against = error if isinstance(error, Misconfigured | Throttled) else None
    return Fate(reason=reason, gone=isinstance(error, Gone), against=against)


def segments(message: Any, text: str) -> int:
    """As many as Twilio counts; our own count as long as a messaging service has picked no sender, and says 0."""
    return int(message.num_segments or 0) or count(text).parts


def _may_be(message: Any, trail: Trail) -> bool:
    """Whether nothing speaks against it: asked for by REST, not too old, and no other delivery's."""
    old = message.date_created is not None and message.date_created < trail.since - _SKEW
    return message.direction == "outbound-api" and message.sid not in trail.known and not old


def _is_by(message: Any, sender: str) -> bool:
    return sender in (message.from_, message.messaging_service_sid)


def _words(text: str | None) -> str:
    """A text without what any provider trims, and with one kind of line end."""
    return "\n".join((text or "").split("\r\n")).strip()
