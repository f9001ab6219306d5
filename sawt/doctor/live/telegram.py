"""Asks Telegram who the bot is (getMe): it tells whether the token is known, and the name that SMS should tell."""

from __future__ import annotations

from telegram.error import TelegramError

from api.channel import Misconfigured
from api.settings import Settings
from bot.errors import refused
from bot.request import ask_who


async def ask(settings: Settings) -> str:
    """What it answers, in words. Raises a SendError."""
    try:
        name = await ask_who(
            settings.telegram_token.get_secret_value(), settings.telegram_api_url, patience=settings.patience
        )
    except TelegramError as error:
        raise refused(error) from None
    wanted = settings.telegram_bot.removeprefix("@")
    if wanted and wanted.lower() != name.lower():
        raise Misconfigured(f"the bot is {name}, and SAWT_TELEGRAM_BOT says {wanted}")
    return f"the bot is {name}"
