"""Telegram, by python-telegram-bot: updates in, messages out, nothing of the journey."""
