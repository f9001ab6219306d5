"""Translate Kannel's answers and delivery reports into a message's state (Kannel User's Guide, chapters 6 and 9)."""

from __future__ import annotations

import re
from typing import NamedTuple

from api.channel import Misconfigured, Rejected, SendError, Throttled, Unreachable, Unsure
from api.outbox.states import DeliveryState

DLR_ALL = "31"  # 1 delivered, 2 not delivered, 4 buffered, 8 accepted by the message centre, 16 refused by it
DLR_OUTCOMES = "19"  # for messages that already count as sent
_STATES = {
    "1": DeliveryState.DELIVERED,
    "2": DeliveryState.FAILED,
    "8": DeliveryState.SENT,
    "16": DeliveryState.FAILED,
}  # 4 (buffered) says nothing new

FIRST_PAUSE = 1.0  # seconds after a refusal without Retry-After; the outbox doubles it with each refusal
_LONGEST_REASON = 40  # maximum characters of a reason that the outbox stores
_RECEIPT = re.compile(r"\bstat:(\w{1,10})(?:.*?\berr:(\w{1,5})\b)?", re.ASCII | re.DOTALL)  # SMPP 3.4, appendix B


# Answers with status 400 (gw/smsbox.c) about fields that come from our settings; other 400s concern one message.
_SETTINGS = re.compile("(Sender|Account|DLR-|MClass|PID|RPI|Alt-DCS|MWI|Coding|Compress|Validity|Deferred|Priority)")
# Statuses of SMPP 3.4 (5.1.3) by which a message centre refuses our sender or our link. After a temporary refusal
# Kannel itself tries again (gw/smsc/smsc_smpp.c).
_NACK = re.compile(r"\bNACK/(?:0x)?([0-9A-Fa-f]{1,8})\b", re.ASCII)
_OURS = {
    0x0A: "the sender is invalid",
    0x0D: "the SMPP link is refused",
    0x0E: "the password of the SMPP link is wrong",
    0x0F: "the system id of the SMPP link is wrong",
    0x15: "the service type is wrong",
    0x48: "the sender's type of number (TON) is wrong",
    0x49: "the sender's numbering plan (NPI) is wrong",
    0x53: "the system type of the SMPP link is wrong",
}


class Outcome(NamedTuple):
    """What a delivery report means for the message."""

    state: str  # "" if unchanged
    reason: str | None


def to_send_error(status: int, answer: str, retry_after: str = "") -> SendError:
    """Return the SendError for an answer of `sendsms` other than 202.

    The error does not repeat the answer's text, which may contain the phone number. `retry_after` is the header
    Retry-After.
    """
    if status == 429:  # from a proxy in front of Kannel
        named = retry_after.isdecimal()
        return Throttled(float(retry_after) if named else FIRST_PAUSE, "429", grows=not named)
    if status == 503:  # not accepted: try again
        return Unreachable("503")
    if status >= 500 or status < 300:  # perhaps accepted
        return Unsure(str(status))
    if status == 403 and answer.startswith("Not routable"):  # refuses this number only; a wrong password is 403, too
        return Rejected("not routable")
    if status == 400 and not _SETTINGS.match(answer):
        return Rejected("400")
    return Misconfigured(str(status))


def road_error(kind: str, answer: str) -> SendError | None:
    """If a report shows that the message centre refuses the whole road, return the error; otherwise None.

    A road is a provider together with a sender. `kind` is the report's type. `answer` is the message centre's answer.
    """
    match = _NACK.search(answer) if kind == "16" else None
    status = int(match.group(1), 16) if match else 0
    return Misconfigured(f"SMPP {status:#04x}", _OURS[status]) if status in _OURS else None


def delivery_outcome(kind: str, answer: str) -> Outcome:
    """Return the message's new state and the reason for a failure, from a delivery report of type `kind`.

    `answer` is the message centre's answer (%A). The reason leaves out what may be personal.
    """
    state = _STATES.get(kind, "")
    if state != DeliveryState.FAILED or not answer:
        return Outcome(state, None)
    # An SMPP receipt also quotes the message, so only its state and error code are used. In any other answer, digits
    # may be a phone number.
    receipt = _RECEIPT.search(answer)
    reason = " ".join(filter(None, receipt.groups())) if receipt else re.sub(r"\d", "#", _readable(answer))
    return Outcome(state, reason[:_LONGEST_REASON] or None)


def _readable(answer: str) -> str:
    return "".join(letter for letter in answer if letter.isprintable()).strip()
