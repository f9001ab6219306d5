"""Telegram, with the library python-telegram-bot: receives updates and sends messages, without any dialogue logic."""
