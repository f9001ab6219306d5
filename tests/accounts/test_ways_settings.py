"""Settings of further ways to sign in: what browsers would refuse stops the start, and `sawt doctor` says why."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import SecretStr

from api.errors import WrongSetup
from api.settings import Settings
from api.staff.ways.offered import Ways
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


OIDC = {"oidc_issuer": "https://id.example", "oidc_client_id": "sawt", "oidc_client_secret": SecretStr("x" * 20)}


def with_provider(**changed: Any) -> Settings:
    url = changed.pop("public_url", "https://sawt.example/")
    return settings_for("sqlite+aiosqlite://", url, **{**OIDC, **changed})


@pytest.mark.parametrize(("changed", "label"), [({}, "id.example"), ({"oidc_name": "Annuaire"}, "Annuaire")])
def test_a_provider_has_a_name(changed: dict[str, Any], label: str) -> None:
    provider = ways_of(with_provider(**changed)).provider
    assert provider is not None
    assert (provider.issuer, provider.label) == ("https://id.example", label)
    [found] = [each for each in check_ways(with_provider()) if each.subject == "SAWT_OIDC_ISSUER"]
    assert found.ok
    assert "https://sawt.example/console/sign-in/provider/back" in found.words
    assert "x" * 20 not in found.words


@pytest.mark.parametrize(
    "changed",
    [
        {"oidc_issuer": "http://id.example"}, {"oidc_issuer": "id.example"}, {"oidc_issuer": ""},
        {"oidc_client_id": ""}, {"oidc_client_secret": SecretStr("")}, {"public_url": ""},
        {"public_url": "http://sawt.example"},
    ],
)  # fmt: skip
def test_a_provider_that_is_half_set_does_not_start(changed: dict[str, Any]) -> None:
    with pytest.raises(WrongSetup, match="SAWT_OIDC_ISSUER"):
        ways_of(with_provider(**changed))
    assert [each.ok for each in check_ways(with_provider(**changed)) if each.subject == "SAWT_OIDC_ISSUER"] == [False]


def test_none_is_on_by_default() -> None:
    settings = settings_for("sqlite+aiosqlite://", "https://sawt.example")
    assert ways_of(settings) == Ways()
    assert all(each.ok is None for each in check_ways(settings))
