"""The proxy whose settings we ship passes on what must arrive as it came, and stops what is too large."""

from __future__ import annotations

import httpx
from twilio.request_validator import RequestValidator

from tests.world import settings_for

FORM = {"MessageSid": "SM" + "1" * 32, "AccountSid": "AC" + "0" * 32, "From": "+212600000001", "Body": "Bonjour"}


async def test_what_twilio_signs_arrives_as_it_was_signed(proxied: str) -> None:
    settings = settings_for("sqlite+aiosqlite://", proxied)
    form = {**FORM, "To": settings.twilio_sender, "NumMedia": "0"}
    signature = RequestValidator(settings.twilio_auth_token.get_secret_value()).compute_signature(
        f"{proxied}/sms/twilio/inbound", form
    )
    async with httpx.AsyncClient(base_url=proxied) as http:
        signed = await http.post("/sms/twilio/inbound", data=form, headers={"X-Twilio-Signature": signature})
        assert signed.status_code == 200
        assert "<Message" in signed.text
        assert (await http.post("/sms/twilio/inbound", data=form)).status_code == 403


async def test_what_is_too_large_does_not_arrive(proxied: str) -> None:
    async with httpx.AsyncClient(base_url=proxied) as http:
        assert (await http.get("/health")).status_code == 200
        assert (await http.get("/health", headers={"Large": "x" * 60_000})).status_code == 431
        assert (await http.put("/v1/proposals/1/picture", content=b"x" * 2_000_000)).status_code in (
            413,
            502,
        )  # 502: Sawt refused first


async def test_answers_say_that_only_https_is_to_be_used(proxied: str) -> None:
    async with httpx.AsyncClient(base_url=proxied) as http:
        answer = await http.get("/")
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
    assert "server" not in answer.headers
