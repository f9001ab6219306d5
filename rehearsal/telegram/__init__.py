"""Plays Telegram: the Bot API, its updates by webhook or long poll, and the users who chat with the bot."""
