"""Finding a message in Twilio's list: which one it is, and what its status means."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.channel import Misconfigured, SendResult, Throttled, Trail, Untraceable
from sms.providers.twilio_trace import find_message, to_receipt

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
SENDER, SERVICE = "+212600000099", f"MG{'a' * 32}"
_sids = count(1)


@dataclass
class Listed:
    """One message as twilio's client represents it."""

    sid: str = "SM1"
    body: str | None = "bonjour"
    direction: str = "outbound-api"
    date_created: datetime | None = NOW
    status: str = "sent"
    error_code: int | None = None
    num_segments: str | None = "1"
    to: str = "+212600000001"
    from_: str | None = SENDER
    messaging_service_sid: str | None = None


def find_in(
    listed: Sequence[Listed], *, known: tuple[str, ...] = (), others: int = 0, most: int = 1000, sender: str = SENDER
) -> SendResult | None:
    trail = Trail(since=NOW, known=known, others=others)
    return find_message(listed, text="bonjour", sender=sender, trail=trail, most=most, now=NOW)


def traced(*listed: Listed, known: tuple[str, ...] = (), others: int = 0, most: int = 1000) -> str | None:
    traced_receipt = find_in(listed, known=known, others=others, most=most)
    return traced_receipt and traced_receipt.external_id


def test_ours_is_the_oldest_of_the_same_words_that_is_nobody_elses() -> None:
    newer, older = Listed("SM2"), Listed("SM1")
    assert traced(newer, older) == "SM1"
    assert traced(newer, older, known=("SM1",)) == "SM2"
    assert traced(newer, older, known=("SM1", "SM2")) is None
    assert traced(Listed(body=" bonjour\n")) == "SM1"  # providers trim
    assert traced(Listed("SM2", body="autre"), Listed("SM1")) == "SM1"


@pytest.mark.parametrize(
    "other",
    [
        Listed(direction="outbound-reply"),
        Listed(direction="inbound"),
        Listed(date_created=NOW - timedelta(minutes=6)),
    ],
)
def test_another_message_is_not_ours(other: Listed) -> None:
    assert traced(other) is None
    assert traced() is None


def test_clocks_may_differ() -> None:
    assert traced(Listed(date_created=NOW - timedelta(minutes=4))) == "SM1"
    assert traced(Listed(date_created=None)) == "SM1"


REWORDED = [
    "BONJOUR", "bonjour\r\nSTOP to end", "Sawt: bonjour", "bonj", "bon jour", "", None, "https://twil.io/abc", "????",
]  # fmt: skip


@pytest.mark.parametrize("body", REWORDED)
def test_the_only_one_of_our_sender_is_ours_whatever_its_words(body: str | None) -> None:
    assert traced(Listed(body=body)) == "SM1"
    assert traced(Listed("SM2"), Listed("SM1", body=body), known=("SM2",)) == "SM1"
    pool = Listed(body=body, from_=None, messaging_service_sid=SERVICE)
    assert find_in([pool], sender=SERVICE) == SendResult("SM1")


@pytest.mark.parametrize("body", REWORDED)
def test_uncertain_lists_are_untraceable(body: str | None) -> None:
    for listed, others in [
        ([Listed("SM2", body="salut"), Listed("SM1", body=body)], 0),  # one more than we sent
        ([Listed("SM1", body=body)], 1),  # one of the two that we sent
        ([Listed("SM1", body=body, from_="+212600000098")], 0),  # from a sender that is not ours
        ([Listed("SM1", body=body, from_="INWI")], 0),  # or from ours, replaced by a carrier
    ]:
        with pytest.raises(Untraceable):
            traced(*listed, others=others)


def test_as_many_as_we_look_for_are_ours() -> None:
    two = [Listed("SM2", body="[2] salut"), Listed("SM1", body="[1] bonjour")]
    assert traced(*two, others=1) == "SM1"
    assert traced(*two, known=("SM1",)) == "SM2"


def test_an_incomplete_list_is_untraceable() -> None:
    with pytest.raises(Untraceable):
        traced(Listed(direction="inbound"), Listed(direction="inbound"), most=2)
    with pytest.raises(Untraceable):
        traced(Listed(body="bonsoir"), Listed(body="salut"), most=2)


TEXTS = st.none() | st.text(max_size=20) | st.sampled_from(("bonjour", "bonjour ", "Bonjour"))
MESSAGES = st.builds(
    Listed,
    sid=st.builds(lambda: f"SM{next(_sids)}x"),
    body=TEXTS,
    direction=st.sampled_from(("outbound-api", "outbound-reply", "inbound")),
    date_created=st.none() | st.integers(-600, 600).map(lambda seconds: NOW + timedelta(seconds=seconds)),
    from_=st.sampled_from((None, SENDER, "INWI")),
    num_segments=st.sampled_from((None, "0", "1", "7")),
)


@given(
    st.lists(MESSAGES, max_size=6),
    TEXTS,
    st.integers(-300, 600),
    st.integers(0, 6),
    st.integers(0, 3),
    st.sampled_from((SENDER, None, "INWI")),
)
def test_an_accepted_message_is_never_reported_missing(
    others: list[Listed], body: str | None, seconds: int, place: int, rivals: int, by: str | None
) -> None:
    ours = Listed("SMours", body=body, date_created=NOW + timedelta(seconds=seconds), from_=by)
    listed = [*others[:place], ours, *others[place:]]
    with suppress(Untraceable):
        assert find_in(listed, others=rivals, known=("SM0",)) is not None


@given(st.lists(MESSAGES, max_size=6), st.integers(0, 3))
def test_a_message_is_missing_only_if_there_is_no_candidate(listed: list[Listed], rivals: int) -> None:
    known = tuple(each.sid for each in listed)
    assert find_in(listed, others=rivals, known=known) is None
    assert find_in([each for each in listed if each.direction != "outbound-api"], others=rivals) is None


@pytest.mark.parametrize(
    ("status", "code", "expected"),
    [
        ("accepted", None, SendResult("SM1")),
        ("queued", None, SendResult("SM1")),
        ("sent", None, SendResult("SM1")),
        ("delivered", None, SendResult("SM1", state="delivered")),
        ("undelivered", 30003, SendResult("SM1", state="failed", reason="30003")),
        ("failed", 21610, SendResult("SM1", state="failed", reason="21610", gone=True)),
        ("canceled", None, SendResult("SM1", state="failed", reason="canceled")),
    ],
)
def test_statuses(status: str, code: int | None, expected: SendResult) -> None:
    assert to_receipt(Listed(status=status, error_code=code), NOW) == expected


@pytest.mark.parametrize(("code", "kind"), [(30002, Misconfigured), (30042, Misconfigured), (63038, Throttled)])
def test_what_a_failure_says_against_the_road(code: int, kind: type) -> None:
    failed_receipt = to_receipt(Listed(status="failed", error_code=code), NOW)
    assert (failed_receipt.state, failed_receipt.gone, type(failed_receipt.against)) == ("failed", False, kind)


def test_segments_are_counted_late() -> None:
    assert to_receipt(Listed(num_segments="0"), NOW).parts == 1
    assert to_receipt(Listed(num_segments="0", body="a" * 200), NOW).parts == 2
    assert to_receipt(Listed(num_segments="3"), NOW).parts == 3
    assert to_receipt(Listed(num_segments=None, body=None), NOW).parts == 1
