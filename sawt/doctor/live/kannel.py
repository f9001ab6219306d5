"""Asks Kannel's sendsms to send nothing to nobody: it refuses, and tells whether it would have let us."""

from __future__ import annotations

from api.settings import Settings
from sms.providers.kannel_api import KannelApi


async def ask(settings: Settings) -> str:
    """What it answers, in words. Raises a SendError."""
    api = KannelApi(
        url=settings.kannel_url,
        username=settings.kannel_username,
        password=settings.kannel_password.get_secret_value(),
        patience=settings.patience,
    )
    async with api.running():
        await api.check_access()
    return "it answers, and takes the name and the password"
