"""What Twilio's error codes mean for a message (twilio.com/docs/api/errors)."""

from __future__ import annotations

from api.channel import Gone, Misconfigured, Rejected, SendError, Throttled, Unsure

_GONE = {21610}  # the recipient opted out at Twilio
_REJECTED = {21211, 21614, 21635, 21602, 21617, 21407, 30004, 30005, 30006, 30007}
_MISCONFIGURED = {20003, 20403, 20404, 21212, 21408, 21606, 21612, 21659, 30002, 30042}
_OF_COUNTRY = {21408, 21612}  # abroad they speak of that country alone, not of what our settings do for all others
_QUEUE_FULL = {21611, 30001}  # Twilio's queue holds ten hours of segments: come back much later
_FULL_PAUSE = 600.0


def refused(status: int, code: int | None, *, retry_after: float, abroad: bool = False) -> SendError:
    """The failure behind an answer of the REST API; `abroad`: to a number of another country.

    429 was never processed and is safe to repeat; a 5xx is not: sending is not idempotent (errors/20429, /20500).
    """
    reason = str(code or status)
    if status == 429 or code == 20429:
        return Throttled(retry_after, reason)
    if code in _QUEUE_FULL:
        return Throttled(_FULL_PAUSE, reason)
    if code in _GONE:
        return Gone(reason)
    if abroad and code in _OF_COUNTRY:
        return Rejected(reason)
    if code in _MISCONFIGURED or status in (401, 403, 404):
        return Misconfigured(reason)
    if status >= 500:
        return Unsure(reason)
    return Rejected(reason)


def opted_out(code: str | None) -> bool:
    """Whether a failed delivery says that the person left."""
    return code is not None and code.isdecimal() and int(code) in _GONE
