"""What Kannel's answers and delivery reports mean for a message (Kannel User's Guide, chapters 6 and 9)."""

from __future__ import annotations

import re

from api.channel import Misconfigured, Rejected, SendError, Unreachable, Unsure
from api.outbox import states

DLR_ALL = "31"  # 1 delivered, 2 not delivered, 4 buffered, 8 accepted by the message centre, 16 refused by it
DLR_OUTCOMES = "19"  # for what already counts as sent
_STATES = {"1": states.DELIVERED, "2": states.FAILED, "8": states.SENT, "16": states.FAILED}  # 4 says nothing new

_LONGEST_REASON = 40  # characters; what the outbox keeps
_RECEIPT = re.compile(r"\bstat:(\w{1,10})(?:.*?\berr:(\w{1,5})\b)?", re.ASCII | re.DOTALL)  # SMPP 3.4, appendix B


def refused(status: int, answer: str) -> SendError:
    """The failure behind an answer of sendsms other than 202. Its words are not repeated: they may name the number.

    503 is Kannel's word for "not taken, try again"; any other answer of a server in trouble may follow a message taken.
    """
    if status == 503:
        return Unreachable("503")
    if status >= 500 or status < 300:
        return Unsure(str(status))
    if status == 403 and answer.startswith("Not routable"):  # this number; a wrong password is answered by 403, too
        return Rejected("not routable")
    if status == 400 and not answer.startswith("Sender missing"):
        return Rejected("400")
    return Misconfigured(str(status))


def outcome(kind: str, answer: str) -> tuple[str, str | None]:
    """The state that a delivery report's type (%d) means, "" where it is no news; and why, where it failed.

    `answer` is the message centre's own (%A). An SMPP receipt quotes the message: only its state and error are kept.
    Of anything else no digit is, for they may be a number.
    """
    state = _STATES.get(kind, "")
    if state != states.FAILED or not answer:
        return state, None
    receipt = _RECEIPT.search(answer)
    said = " ".join(filter(None, receipt.groups())) if receipt else re.sub(r"\d", "#", _readable(answer))
    return state, said[:_LONGEST_REASON] or None


def _readable(answer: str) -> str:
    return "".join(letter for letter in answer if letter.isprintable()).strip()
