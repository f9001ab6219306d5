"""Finding a message again in Twilio's list: which one it is, and what its status says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from api.channel import Receipt, Untraceable
from sms.providers.twilio_trace import find, receipt

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)


@dataclass
class Listed:
    """One message as twilio's client shows it."""

    sid: str = "SM1"
    body: str = "bonjour"
    direction: str = "outbound-api"
    date_created: datetime = NOW
    status: str = "sent"
    error_code: int | None = None
    num_segments: str = "1"


def traced(*listed: Listed, known: tuple[str, ...] = (), most: int = 1000) -> str | None:
    found = find(listed, text="bonjour", since=NOW, known=known, most=most)
    return found and found.external_id


def test_ours_is_the_oldest_of_the_same_words_that_is_nobody_elses() -> None:
    newer, older = Listed("SM2"), Listed("SM1")
    assert traced(newer, older) == "SM1"
    assert traced(newer, older, known=("SM1",)) == "SM2"
    assert traced(newer, older, known=("SM1", "SM2")) is None
    assert traced(Listed(body=" bonjour\n")) == "SM1"  # providers trim


@pytest.mark.parametrize(
    "other",
    [
        Listed(body="bonsoir"),
        Listed(direction="outbound-reply"),
        Listed(direction="inbound"),
        Listed(date_created=NOW - timedelta(minutes=6)),
    ],
)
def test_another_message_is_not_ours(other: Listed) -> None:
    assert traced(other) is None


def test_clocks_may_differ() -> None:
    assert traced(Listed(date_created=NOW - timedelta(minutes=4))) == "SM1"


def test_what_cannot_be_told() -> None:
    with pytest.raises(Untraceable):
        traced(Listed(body=""))  # redacted: it may be ours
    assert traced(Listed(body=""), known=("SM1",)) is None
    with pytest.raises(Untraceable):
        traced(Listed(body="bonsoir"), Listed(body="salut"), most=2)  # the list may go on


@pytest.mark.parametrize(
    ("status", "code", "expected"),
    [
        ("accepted", None, Receipt("SM1")),
        ("queued", None, Receipt("SM1")),
        ("sent", None, Receipt("SM1")),
        ("delivered", None, Receipt("SM1", state="delivered")),
        ("undelivered", 30003, Receipt("SM1", state="failed", reason="30003")),
        ("failed", 21610, Receipt("SM1", state="failed", reason="21610", gone=True)),
        ("canceled", None, Receipt("SM1", state="failed", reason="canceled")),
    ],
)
def test_statuses(status: str, code: int | None, expected: Receipt) -> None:
    assert receipt(Listed(status=status, error_code=code)) == expected


def test_segments_are_counted_late() -> None:
    assert receipt(Listed(num_segments="0")).parts == 1
    assert receipt(Listed(num_segments="0", body="a" * 200)).parts == 2
    assert receipt(Listed(num_segments="3")).parts == 3
