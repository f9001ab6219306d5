"""Translate Twilio's error codes: say whether the message, its road, the person or the account is at fault.

A road is a provider together with a sender. The codes come in answers of the REST API and in status reports.
"""

from __future__ import annotations

import tomllib
from datetime import datetime, time, timedelta
from enum import StrEnum
from importlib import resources
from typing import NamedTuple

from api.channel import Gone, Misconfigured, Rejected, SendError, Throttled, Unsure

FIRST_PAUSE = 1.0  # seconds after a refusal without Retry-After; the outbox doubles it with each refusal
_FULL_PAUSE = 600.0
_NEXT_DAY_AT_LEAST = timedelta(hours=1)  # Twilio counts the last 24 hours, so waiting for midnight may not do
_HOME = "+212"


class Fault(StrEnum):
    """Who is at fault: one of the sections of `twilio_codes.toml`.

    `later`, `queue` and `day` mean that nobody is at fault, and that a later try may succeed.
    """

    STOPPED = "stopped"
    PERSON = "person"
    CONTENT = "content"
    SENDER = "sender"
    ACCOUNT = "account"
    COUNTRY = "country"
    CARRIER = "carrier"
    LATER = "later"
    QUEUE = "queue"
    DAY = "day"


class Meaning(NamedTuple):
    """What one error code means: who is at fault, and a description in words."""

    fault: Fault
    words: str


def _read() -> dict[int, Meaning]:
    table = tomllib.loads(resources.files(__package__).joinpath("twilio_codes.toml").read_text(encoding="utf-8"))
    return {int(code): Meaning(Fault(name), words) for name, rows in table.items() for code, words in rows.items()}


CODES = _read()


def to_send_error(
    status: int, code: int | None, *, to: str, now: datetime, retry_after: float | None = None
) -> SendError:
    """Return the SendError for the REST API's answer to a message to the number `to`.

    `retry_after` is in seconds; None if the answer has no header Retry-After.
    """
    reason, meaning = str(code or status), CODES.get(code or 0)
    if meaning is not None:  # a known code says more than the status
        return _meant(reason, meaning, to=to, now=now, retry_after=retry_after)
    if status == 429:  # certainly not sent (errors/20429)
        return _later(reason, retry_after)
    if status in (401, 403, 404):
        return Misconfigured(reason)
    # after a 5xx, the message may have been sent (errors/20500)
    return Unsure(reason) if status >= 500 else Rejected(reason)


def delivery_error(code: str | None, *, to: str, now: datetime) -> SendError:
    """Return the SendError for a message that Twilio accepted but did not deliver.

    `code` is the message's `ErrorCode`.
    """
    meaning = CODES.get(int(code)) if code is not None and code.isdecimal() else None
    return Rejected(code or "") if meaning is None else _meant(code or "", meaning, to=to, now=now, retry_after=None)


def _meant(reason: str, meaning: Meaning, *, to: str, now: datetime, retry_after: float | None) -> SendError:
    match meaning.fault:
        case Fault.STOPPED:
            return Gone(reason, meaning.words)
        case Fault.COUNTRY if not to.startswith(_HOME):
            return Rejected(reason, meaning.words)
        case Fault.SENDER | Fault.ACCOUNT | Fault.COUNTRY:
            return Misconfigured(reason, meaning.words)
        case Fault.LATER:
            return _later(reason, retry_after, meaning.words)
        case Fault.QUEUE:
            return Throttled(max(_FULL_PAUSE, retry_after or 0.0), reason, meaning.words)
        case Fault.DAY:
            return Throttled(max(_until_next_day(now), retry_after or 0.0), reason, meaning.words)
        case _:
            return Rejected(reason, meaning.words)


def _later(reason: str, retry_after: float | None, words: str = "") -> Throttled:
    if retry_after is None:
        return Throttled(FIRST_PAUSE, reason, words, grows=True)
    return Throttled(retry_after, reason, words)


def _until_next_day(now: datetime) -> float:
    """Return the seconds until the next day in UTC, at least an hour."""
    midnight = datetime.combine(now.date() + timedelta(days=1), time(), tzinfo=now.tzinfo)
    return max(midnight - now, _NEXT_DAY_AT_LEAST).total_seconds()
