"""Telegram: receives updates and sends messages through the library python-telegram-bot. The dialogue is elsewhere."""
