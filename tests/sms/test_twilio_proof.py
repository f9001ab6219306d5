"""Who signed a webhook of Twilio's: the account's token with SHA-1, or a shared key with SHA-256."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from pydantic import SecretStr
from twilio.request_validator import HMAC_SHA1, HMAC_SHA256, RequestValidator

from sms.providers.twilio_signatures import Signatures
from tests.world import quiet

URL = "https://sawt.example/sms/twilio/inbound"
FORM = {"Body": "1", "From": "+212600000001"}
TOKEN, OLD, NEW = "the-token", "the-old-key", "the-new-key"
SIGNATURES = Signatures(TOKEN, {"webhooks_sharedkey_1": OLD, "webhooks_sharedkey_2": NEW})


def headers(secret: str, algorithm: str, settings: str | None) -> dict[str, str]:
    settings_header = {} if settings is None else {"X-Twilio-Webhooks-Signature-Settings": settings}
    return {"X-Twilio-Signature": RequestValidator(secret).compute_signature(URL, FORM, algorithm), **settings_header}


def named(key: int, algorithm: str = HMAC_SHA256) -> str:
    return f"key=webhooks_sharedkey_{key},algorithm={algorithm}"


@pytest.mark.parametrize(
    ("secret", "algorithm", "settings"),
    [
        (TOKEN, HMAC_SHA1, None), (TOKEN, HMAC_SHA1, ""),
        (OLD, HMAC_SHA256, named(1)), (NEW, HMAC_SHA256, named(2)),
        (NEW, HMAC_SHA256, "algorithm=HMAC_SHA256, key=webhooks_sharedkey_2"),
    ],
)  # fmt: skip
def test_twilios_signatures_are_valid(secret: str, algorithm: str, settings: str | None) -> None:
    request_headers = headers(secret, algorithm, settings)
    assert SIGNATURES.are_valid(URL, FORM, request_headers)
    assert not SIGNATURES.are_valid(URL, {**FORM, "Body": "2"}, request_headers)
    assert not SIGNATURES.are_valid(f"{URL}/", FORM, request_headers)
    assert not SIGNATURES.are_valid(URL, FORM, request_headers | {"X-Twilio-Signature": ""})


@pytest.mark.parametrize(
    ("secret", "algorithm", "settings"),
    [
        (TOKEN, HMAC_SHA256, None), (NEW, HMAC_SHA256, None), (NEW, HMAC_SHA1, None),
        (TOKEN, HMAC_SHA256, named(1)), (TOKEN, HMAC_SHA1, named(1)), (OLD, HMAC_SHA256, named(2)),
        (OLD, HMAC_SHA1, named(1)), (OLD, HMAC_SHA1, named(1, HMAC_SHA1)), (OLD, HMAC_SHA256, named(1, "NONE")),
        (OLD, HMAC_SHA256, "key=webhooks_sharedkey_1"), (OLD, HMAC_SHA256, "algorithm=HMAC_SHA256"),
        (OLD, HMAC_SHA256, named(3)), ("", HMAC_SHA256, named(3)), ("", HMAC_SHA256, "é"), ("", HMAC_SHA256, ",=,"),
    ],
)  # fmt: skip
def test_no_key_is_valid_with_another_method(secret: str, algorithm: str, settings: str | None) -> None:
    assert not SIGNATURES.are_valid(URL, FORM, headers(secret, algorithm, settings))


async def test_a_shared_key_of_the_settings_is_accepted(database_url: str) -> None:
    async with quiet(database_url, twilio_shared_keys={"webhooks_sharedkey_1": SecretStr(OLD)}) as world:
        fields = {
            "AccountSid": world.settings.twilio_account_sid, "MessageSid": "SM" + "1" * 32,
            "From": world.number(), "To": "+212600000099", "Body": "hello",
        }  # fmt: skip
        url = f"{world.url}/sms/twilio/inbound"
        signed = RequestValidator(OLD).compute_signature(url, fields, HMAC_SHA256)
        headers_sent = {"X-Twilio-Signature": signed, "Content-Type": "application/x-www-form-urlencoded"}
        for settings, status in ((named(1), 200), (named(2), 403)):
            all_headers = {**headers_sent, "X-Twilio-Webhooks-Signature-Settings": settings}
            answer = await world.http.post("/sms/twilio/inbound", content=urlencode(fields), headers=all_headers)
            assert answer.status_code == status
