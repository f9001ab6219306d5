"""Roads, routes and prices from the environment, and error messages about them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

from api.errors import Invalid
from api.settings import Settings
from sawt.compose import compose
from sawt.roads import roads_of
from tests.world import KEYS

ROADS = [
    {"name": "long", "provider": "twilio", "sender": "+212600000098", "backup": ["short"], "per_second": 5},
    {"name": "short", "provider": "kannel", "sender": "5757", "via": "iam"},
]
ROUTES = [{"prefix": "+2126", "roads": {"long": 70, "short": 30}}, {"purpose": "remind", "roads": {"short": 1}}]
PRICES = [{"prefix": "+212", "amount": 0.1, "currency": "USD", "as_of": "2026-11-01"}]


@pytest.fixture
def set_json(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Set one environment variable as JSON and read the settings."""

    def put(name: str, value: object, **more: Any) -> Settings:
        monkeypatch.setenv(name, value if isinstance(value, str) else json.dumps(value))
        return Settings(_env_file=None, **more)

    return put


def test_all_of_them_are_read_from_the_environment(set_json: Any) -> None:
    set_json("SAWT_ROADS", ROADS)
    set_json("SAWT_ROUTES", ROUTES)
    settings = set_json("SAWT_PRICES", PRICES)
    roads = roads_of(settings)
    assert [(road.name, road.backup, road.per_second, road.via) for road in roads.of("sms")] == [
        ("long", ("short",), 5.0, ""),
        ("short", (), 10.0, "iam"),
    ]
    assert roads.of("telegram")[0].name == "telegram"
    assert roads.pick("sms", purpose="remind", priority="campaign", prefix="+33600", who=1) == "short"
    assert (settings.prices[0].micros, settings.prices[0].currency) == (100_000, "USD")


def test_by_default_each_provider_is_a_road_and_backs_up_the_other() -> None:
    usual: dict[str, Any] = {"twilio_account_sid": "AC1", "twilio_sender": "+212600000099"}
    usual |= {"kannel_url": "http://127.0.0.1:13013", "kannel_sender": "5757"}
    settings = Settings(_env_file=None, rates={"sms": 3.0, "kannel": 7.0}, **usual)
    twilio, kannel = roads_of(settings).of("sms")
    assert (twilio.name, twilio.backup, twilio.per_second) == ("twilio", ("kannel",), 3.0)
    assert (kannel.name, kannel.backup, kannel.per_second) == ("kannel", ("twilio",), 7.0)


@pytest.mark.parametrize(
    ("name", "value", "where"),
    [
        ("SAWT_ROADS", [{"name": "Long Road", "provider": "twilio"}], "roads.0.name"),
        ("SAWT_ROADS", [{"name": "long"}], "roads.0.provider"),
        ("SAWT_ROADS", [{"name": "long", "provider": "twilio", "speed": 1}], "roads.0.speed"),
        ("SAWT_ROADS", [{"name": "long", "provider": "twilio", "per_second": 0}], "roads.0.per_second"),
        ("SAWT_ROUTES", [{"roads": {}}], "routes.0.roads"),
        ("SAWT_ROUTES", [{"roads": {"long": 0}}], "routes.0.roads.long"),
        ("SAWT_ROUTES", [{"prefix": "06", "roads": {"long": 1}}], "routes.0.prefix"),
        ("SAWT_ROUTES", [{"prefix": "+212600", "roads": {"long": 1}}], "routes.0.prefix"),
        ("SAWT_PRICES", [{"amount": -1, "currency": "USD", "as_of": "2026-11-01"}], "prices.0.amount"),
        ("SAWT_PRICES", [{"amount": 1, "currency": "usd", "as_of": "2026-11-01"}], "prices.0.currency"),
        ("SAWT_PRICES", [{"amount": 1, "currency": "USD"}], "prices.0.as_of"),
    ],
)
def test_a_value_that_does_not_fit_is_named(set_json: Any, name: str, value: object, where: str) -> None:
    with pytest.raises(ValidationError) as caught:
        set_json(name, value)
    assert [".".join(map(str, error["loc"])).removesuffix(".[key]") for error in caught.value.errors()] == [where]


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("SAWT_ROADS", [ROADS[0]], "names short, which is not a road"),
        ("SAWT_ROUTES", [{"roads": {"long": 1}}], "a route names long"),
        ("SAWT_PRICES", [*PRICES, {**PRICES[0], "currency": "MAD"}], "several currencies"),
    ],
)
def test_a_service_with_names_that_do_not_fit_does_not_start(set_json: Any, name: str, value: object, why: str) -> None:
    settings = set_json(name, value, keys=SecretStr(KEYS), database_url="sqlite+aiosqlite:///none.db")
    with pytest.raises(Invalid, match=why):
        compose(settings)
