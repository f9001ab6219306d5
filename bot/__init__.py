"""Telegram, with python-telegram-bot: updates in, messages out, no dialogue logic."""
