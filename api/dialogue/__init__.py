"""The dialogue with residents, the same for every channel (SMS, Telegram)."""
