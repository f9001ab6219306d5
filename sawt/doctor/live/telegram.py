"""Ask Telegram for the bot's account (getMe). This checks our token, and the bot's name, which our SMS mention."""

from __future__ import annotations

from telegram.error import TelegramError

from api.channel import Misconfigured
from api.settings import Settings
from bot.errors import to_send_error
from bot.request import fetch_username


async def ask(settings: Settings) -> str:
    """Ask Telegram, and return a description of the response. Raises a SendError if the bot cannot be used."""
    try:
        name = await fetch_username(
            settings.telegram_token.get_secret_value(), settings.telegram_api_url, patience=settings.patience
        )
    except TelegramError as error:
        raise to_send_error(error) from None
    configured = settings.telegram_bot.removeprefix("@")
    if configured and configured.lower() != name.lower():
        raise Misconfigured(f"the bot is {name}, but SAWT_TELEGRAM_BOT is {configured}")
    return f"the bot is {name}"
