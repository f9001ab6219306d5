"""Asks Telegram who the bot is (getMe): checks the token, and the bot's name that SMS mention."""

from __future__ import annotations

from telegram.error import TelegramError

from api.channel import Misconfigured
from api.settings import Settings
from bot.errors import refused
from bot.request import ask_who


async def ask(settings: Settings) -> str:
    """Describe its answer. Raises a SendError if it cannot be used."""
    try:
        name = await ask_who(
            settings.telegram_token.get_secret_value(), settings.telegram_api_url, patience=settings.patience
        )
    except TelegramError as error:
        raise refused(error) from None
    configured = settings.telegram_bot.removeprefix("@")
    if configured and configured.lower() != name.lower():
        raise Misconfigured(f"the bot is {name}, but SAWT_TELEGRAM_BOT is {configured}")
    return f"the bot is {name}"
