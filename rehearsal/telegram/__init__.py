"""A simulation of Telegram: the Bot API, its updates by webhook or long poll, and users who chat with the bot."""
