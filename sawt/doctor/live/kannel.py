"""Send Kannel an empty request to send an SMS. It is refused, but the response shows whether our password is right."""

from __future__ import annotations

from api.settings import Settings
from sms.providers.kannel_api import KannelApi


async def ask(settings: Settings) -> str:
    """Send the request, and return a description of Kannel's response. Raises a SendError if Kannel cannot be used."""
    api = KannelApi(
        url=settings.kannel_url,
        username=settings.kannel_username,
        password=settings.kannel_password.get_secret_value(),
        patience=settings.patience,
    )
    async with api.running():
        await api.check_access()
    return "Kannel answers, and accepts the user name and password"
