"""Twilio's error codes as a table: who is at fault, and the effect on a message, a road and a person."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from api.channel import Gone, Misconfigured, Rejected, SendError, Throttled, Unsure
from sms.providers.twilio_errors import CODES, Fault, delivery_error, to_send_error

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
HOME, ABROAD = "+212600000001", "+33639980001"
KINDS: dict[Fault, type[SendError]] = {
    Fault.STOPPED: Gone,
    Fault.PERSON: Rejected,
    Fault.CONTENT: Rejected,
    Fault.SENDER: Misconfigured,
    Fault.ACCOUNT: Misconfigured,
    Fault.COUNTRY: Misconfigured,
    Fault.CARRIER: Rejected,
    Fault.LATER: Throttled,
    Fault.QUEUE: Throttled,
    Fault.DAY: Throttled,
}


def answered(status: int, code: int | None, *, to: str = HOME, after: float | None = None) -> SendError:
    return to_send_error(status, code, to=to, now=NOW, retry_after=after)


def test_every_fault_has_codes_and_a_meaning() -> None:
    assert {meaning.fault for meaning in CODES.values()} == set(KINDS) == set(Fault)
    assert all(meaning.words and len(meaning.words) <= 70 for meaning in CODES.values())


def test_a_code_means_the_same_at_once_and_in_a_callback() -> None:
    for code, (fault, words) in CODES.items():
        for error in (answered(400, code), answered(500, code), delivery_error(str(code), to=HOME, now=NOW)):
            assert (type(error), error.reason, error.words) == (KINDS[fault], str(code), words)


@pytest.mark.parametrize(
    ("fault", "codes"),
    [
        (Fault.STOPPED, (21610,)),
        (Fault.PERSON, (21211, 21614, 21635, 30003, 30005, 30006)),
        (Fault.CONTENT, (21602, 21617, 30007)),
        (Fault.SENDER, (21212, 21606, 21660, 21705, 30034, 30042)),
        (Fault.ACCOUNT, (20003, 20404, 21608, 30002)),
        (Fault.COUNTRY, (21408, 21612, 21703)),
        (Fault.CARRIER, (30004, 30008)),
        (Fault.LATER, (20429,)),
        (Fault.QUEUE, (21611, 30001)),
        (Fault.DAY, (63038,)),
    ],
)
def test_the_codes_that_matter_most(fault: Fault, codes: tuple[int, ...]) -> None:
    assert {CODES[code].fault for code in codes} == {fault}


def test_a_country_error_abroad_does_not_stop_the_road() -> None:
    for code in (code for code, meaning in CODES.items() if meaning.fault is Fault.COUNTRY):
        assert type(answered(400, code, to=ABROAD)) is Rejected
        assert type(delivery_error(str(code), to=ABROAD, now=NOW)) is Rejected


@pytest.mark.parametrize(
    ("status", "kind"),
    [(400, Rejected), (401, Misconfigured), (403, Misconfigured), (404, Misconfigured), (429, Throttled),
     (500, Unsure), (503, Unsure), (422, Rejected)],
)  # fmt: skip
@pytest.mark.parametrize("code", [None, 99999])
def test_a_code_that_is_not_known_leaves_the_status(status: int, kind: type[SendError], code: int | None) -> None:
    error = answered(status, code)
    assert (type(error), error.reason, error.words) == (kind, str(code or status), "")


@pytest.mark.parametrize("code", [None, "", "12345", "x", "٣"])
def test_a_failure_without_a_known_code_is_its_own_only(code: str | None) -> None:
    assert type(delivery_error(code, to=HOME, now=NOW)) is Rejected


def waits(error: SendError) -> tuple[float, bool]:
    assert isinstance(error, Throttled)
    return error.retry_after, error.grows


@pytest.mark.parametrize(
    ("status", "code", "retry_after", "expected"),
    [
        (429, 20429, 7.0, (7.0, False)),
        (429, 20429, None, (1.0, True)),
        (429, None, None, (1.0, True)),
        (429, None, 3.0, (3.0, False)),
        (503, 21730, None, (1.0, True)),
        (429, 63038, None, (14 * 3600.0, False)),
        (429, 63038, 1.0, (14 * 3600.0, False)),  # the window is a day, whatever Retry-After says
        (400, 21611, None, (600.0, False)),
        (429, 20429, 1e24, (86_400.0, False)),
    ],
)
def test_how_long_is_waited(
    status: int, code: int | None, retry_after: float | None, expected: tuple[float, bool]
) -> None:
    assert waits(answered(status, code, after=retry_after)) == expected


def test_the_next_day_is_an_hour_away_at_least() -> None:
    late = datetime(2026, 11, 24, 23, 59, tzinfo=UTC)
    assert waits(delivery_error("63038", to=HOME, now=late)) == (3600.0, False)
