"""`sawt doctor` on each provider's settings."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from api.settings import Settings
from sawt.doctor.finding import Finding


def twilio(settings: Settings) -> Finding:
    """Check Twilio's settings."""
    if not settings.twilio_account_sid:
        return Finding("Twilio", None, "switched off: SAWT_TWILIO_ACCOUNT_SID is not set")
    if not re.fullmatch("AC[0-9a-f]{32}", settings.twilio_account_sid):
        return Finding("Twilio", False, "SAWT_TWILIO_ACCOUNT_SID must be AC followed by 32 hexadecimal digits")
    if not settings.twilio_auth_token.get_secret_value():
        return Finding("Twilio", False, "SAWT_TWILIO_AUTH_TOKEN is missing: webhooks cannot be verified")
    if not all(key.get_secret_value().strip() for key in settings.twilio_shared_keys.values()):
        return Finding("Twilio", False, "SAWT_TWILIO_SHARED_KEYS contains an empty key, so anyone could sign a webhook")
    if not settings.twilio_sender:
        return Finding("Twilio", False, "SAWT_TWILIO_SENDER is missing: set a number, a name or a messaging service")
    return Finding("Twilio", True, "complete")


def kannel(settings: Settings) -> Finding:
    """Check Kannel's settings."""
    url = urlsplit(settings.kannel_url)
    if not settings.kannel_url:
        return Finding("Kannel", None, "switched off: SAWT_KANNEL_URL is not set")
    if url.scheme not in ("http", "https") or not url.hostname or url.path in ("", "/"):
        return Finding(
            "Kannel", False, "SAWT_KANNEL_URL must be the URL of sendsms, such as http://HOST:13013/cgi-bin/sendsms"
        )
    if not settings.kannel_username or not settings.kannel_password.get_secret_value():
        return Finding(
            "Kannel", False, "SAWT_KANNEL_USERNAME or SAWT_KANNEL_PASSWORD is missing: Kannel would refuse all messages"
        )
    if not settings.kannel_sender:
        return Finding("Kannel", False, "SAWT_KANNEL_SENDER is missing: set a number or a short code")
    if not re.fullmatch("[A-Za-z0-9_-]{16,}", settings.kannel_secret.get_secret_value()):
        return Finding("Kannel", False, "SAWT_KANNEL_SECRET must have at least 16 characters: letters, digits, _ or -")
    anyone = (
        ""
        if settings.kannel_addresses
        else "; any IP address may call, so only the secret proves that a request comes from Kannel"
    )
    return Finding("Kannel", True, f"complete{anyone}")


def telegram(settings: Settings) -> Finding:
    """Check the Telegram bot's settings."""
    token, secret = settings.telegram_token.get_secret_value(), settings.telegram_secret.get_secret_value()
    if not token:
        return Finding("Telegram", None, "switched off: SAWT_TELEGRAM_TOKEN is not set")
    if not re.fullmatch(r"\d+:[A-Za-z0-9_-]{20,}", token):
        return Finding("Telegram", False, "SAWT_TELEGRAM_TOKEN is not a token from BotFather (NUMBER:LETTERS)")
    if secret and not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", secret):
        return Finding(
            "Telegram", False, "SAWT_TELEGRAM_SECRET must have at most 256 characters: letters, digits, _ or -"
        )
    if settings.telegram_bot and not re.fullmatch(r"@?[A-Za-z0-9_]{5,32}", settings.telegram_bot):
        return Finding(
            "Telegram", False, "SAWT_TELEGRAM_BOT must be the bot's user name from BotFather, such as SawtBot"
        )
    unnamed = "" if settings.telegram_bot else "; SAWT_TELEGRAM_BOT is not set, so SMS cannot mention the bot"
    return Finding("Telegram", True, f"complete; updates arrive by {'webhook' if secret else 'polling'}{unnamed}")
