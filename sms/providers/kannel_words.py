"""What Kannel's answers and delivery reports mean for a message (Kannel User's Guide, chapters 6 and 9)."""

from __future__ import annotations

import re

from api.channel import Misconfigured, Rejected, SendError, Throttled, Unreachable, Unsure
from api.outbox.states import DeliveryState

DLR_ALL = "31"  # 1 delivered, 2 not delivered, 4 buffered, 8 accepted by the message centre, 16 refused by it
DLR_OUTCOMES = "19"  # for what already counts as sent
_STATES = {
    "1": DeliveryState.DELIVERED,
    "2": DeliveryState.FAILED,
    "8": DeliveryState.SENT,
    "16": DeliveryState.FAILED,
}  # 4 says nothing new

FIRST_PAUSE = 1.0  # seconds after a refusal that names no time; the outbox doubles it, refusal by refusal
_LONGEST_REASON = 40  # characters; what the outbox keeps
_RECEIPT = re.compile(r"\bstat:(\w{1,10})(?:.*?\berr:(\w{1,5})\b)?", re.ASCII | re.DOTALL)  # SMPP 3.4, appendix B


# What sendsms says (gw/smsbox.c) of fields that come from our settings; the rest of its 400s are about one message.
_SETTINGS = re.compile("(Sender|Account|DLR-|MClass|PID|RPI|Alt-DCS|MWI|Coding|Compress|Validity|Deferred|Priority)")
# Statuses of SMPP 3.4 (5.1.3) by which a message centre refuses our sender or our link. Kannel itself repeats what is
# refused for the moment only (gw/smsc/smsc_smpp.c).
_NACK = re.compile(r"\bNACK/(?:0x)?([0-9A-Fa-f]{1,8})\b", re.ASCII)
_OURS = {
    0x0A: "the sender is invalid",
    0x0D: "the link is refused",
    0x0E: "the link's password is wrong",
    0x0F: "the link's system id is wrong",
    0x15: "the service type is wrong",
    0x48: "the sender's type of number is wrong",
    0x49: "the sender's numbering plan is wrong",
    0x53: "the link's system type is wrong",
}


def refused(status: int, answer: str, retry_after: str = "") -> SendError:
    """The failure behind an answer of sendsms other than 202. Its words are not repeated: they may name the number.

    503 is Kannel's word for "not taken, try again"; any other answer of a server in trouble may follow a message taken.
    `retry_after` is the header of this name.
    """
    if status == 429:  # of something in front of Kannel
        named = retry_after.isdecimal()
        return Throttled(float(retry_after) if named else FIRST_PAUSE, "429", grows=not named)
    if status == 503:
        return Unreachable("503")
    if status >= 500 or status < 300:
        return Unsure(str(status))
    if status == 403 and answer.startswith("Not routable"):  # this number; a wrong password is answered by 403, too
        return Rejected("not routable")
    if status == 400 and not _SETTINGS.match(answer):
        return Rejected("400")
    return Misconfigured(str(status))


def against(kind: str, answer: str) -> SendError | None:
    """What a delivery report says against the road itself: the message centre refuses whatever we send it."""
    found = _NACK.search(answer) if kind == "16" else None
    status = int(found.group(1), 16) if found else 0
    return Misconfigured(f"SMPP {status:#04x}", _OURS[status]) if status in _OURS else None


def outcome(kind: str, answer: str) -> tuple[str, str | None]:
    """The state that a delivery report's type (%d) means, "" if it is no news; and why, where it failed.

    `answer` is the message centre's own (%A). An SMPP receipt quotes the message: only its state and error are kept.
    Of anything else no digit is, for they may be a number.
    """
    state = _STATES.get(kind, "")
    if state != DeliveryState.FAILED or not answer:
        return state, None
    receipt = _RECEIPT.search(answer)
    said = " ".join(filter(None, receipt.groups())) if receipt else re.sub(r"\d", "#", _readable(answer))
    return state, said[:_LONGEST_REASON] or None


def _readable(answer: str) -> str:
    return "".join(letter for letter in answer if letter.isprintable()).strip()
