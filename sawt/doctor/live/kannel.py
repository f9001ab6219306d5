"""Sends Kannel's sendsms an empty request: it refuses, but its answer shows whether it accepts our password."""

from __future__ import annotations

from api.settings import Settings
from sms.providers.kannel_api import KannelApi


async def ask(settings: Settings) -> str:
    """Describe its answer. Raises a SendError if it cannot be used."""
    api = KannelApi(
        url=settings.kannel_url,
        username=settings.kannel_username,
        password=settings.kannel_password.get_secret_value(),
        patience=settings.patience,
    )
    async with api.running():
        await api.check_access()
    return "it answers, and accepts the user name and password"
