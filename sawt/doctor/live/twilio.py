"""Ask Twilio for the account, to check that account and token match and that the account is active."""

from __future__ import annotations

from api.channel import Misconfigured
from api.settings import Settings
from sms.providers.twilio_api import TwilioApi


async def ask(settings: Settings) -> str:
    """Ask Twilio, and return a description of the response. Raises a SendError if the account cannot be used."""
    token = settings.twilio_auth_token.get_secret_value()
    api = TwilioApi(
        account_sid=settings.twilio_account_sid,
        auth_token=token,
        api_url=settings.twilio_api_url,
        patience=settings.patience,
    )
    async with api.running():
        status = await api.status()
    if status != "active":
        raise Misconfigured(f"the account is {status}")
    return "the account is active"
