"""Settings of further ways to sign in: what browsers would refuse stops the start, and `sawt doctor` says why."""

from __future__ import annotations

import pytest

from api.errors import WrongSetup
from api.settings import Settings
from sawt.doctor.sign_in_checks import check_ways
from sawt.ways import ways_of
from tests.world import settings_for


def with_passkeys(url: str) -> Settings:
    return settings_for("sqlite+aiosqlite://", url, passkeys=True)


@pytest.mark.parametrize("url", ["https://sawt.example", "https://sawt.example:8443/", "http://localhost:8000"])
def test_passkeys_work_with_tls_or_on_localhost(url: str) -> None:
    assert ways_of(with_passkeys(url)).passkeys is not None
    assert [each.ok for each in check_ways(with_passkeys(url)) if each.subject == "SAWT_PASSKEYS"] == [True]


@pytest.mark.parametrize(
    "url", ["", "http://sawt.example", "http://127.0.0.1:8000", "https://192.0.2.1", "https://[2001:db8::1]"]
)
def test_where_browsers_refuse_passkeys_the_service_does_not_start(url: str) -> None:
    with pytest.raises(WrongSetup, match="SAWT_PASSKEYS"):
        ways_of(with_passkeys(url))
    assert [each.ok for each in check_ways(with_passkeys(url)) if each.subject == "SAWT_PASSKEYS"] == [False]


def test_none_is_on_by_default() -> None:
    settings = settings_for("sqlite+aiosqlite://", "https://sawt.example")
    assert ways_of(settings).passkeys is None
    assert all(each.ok is None for each in check_ways(settings))
