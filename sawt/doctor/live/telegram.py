"""Asks Telegram who the bot is (getMe): it tells whether the token is known, and the name that SMS should tell."""

from __future__ import annotations

from telegram.error import TelegramError

from api.channel import Misconfigured
from api.settings import Settings
from bot.errors import to_send_error
from bot.request import fetch_username


async def ask(settings: Settings) -> str:
    """What it answers, in words. Raises a SendError."""
    try:
        name = await fetch_username(
            settings.telegram_token.get_secret_value(), settings.telegram_api_url, patience=settings.patience
        )
    except TelegramError as error:
        raise to_send_error(error) from None
    wanted = settings.telegram_bot.removeprefix("@")
    if wanted and wanted.lower() != name.lower():
        raise Misconfigured(f"the bot is {name}, and SAWT_TELEGRAM_BOT says {wanted}")
    return f"the bot is {name}"
