"""Build the Telegram channel from the settings."""

from __future__ import annotations

from api.app import MountedChannel
from api.dialogue.service import Dialogue
from api.outbox.context import OutboxContext
from api.outbox.worker.reports import Reports
from bot.channel import TelegramChannel
from bot.receive import PATH


def channel(means: OutboxContext, dialogue: Dialogue, reports: Reports) -> MountedChannel:
    """Return the Telegram channel for the bot that the settings name."""
    settings = means.settings
    return TelegramChannel(
        token=settings.telegram_token.get_secret_value(),
        api_url=settings.telegram_api_url,
        webhook_url=settings.public_url.rstrip("/") + PATH,
        secret=settings.telegram_secret.get_secret_value(),
        dialogue=dialogue,
        reports=reports,
        clock=means.clock,
        watch=means.watch,
        patience=settings.patience,
        chat_interval=settings.telegram_apart,
        region=settings.default_region,
    )
