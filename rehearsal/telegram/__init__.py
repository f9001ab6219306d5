"""Plays Telegram: the Bot API, its updates by webhook or long poll, and the people who chat with the bot."""
