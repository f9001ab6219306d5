"""`sawt doctor`: whether every setting is there and right, and what is missing, in words."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

from api.crypto import Keyring
from api.db import Database
from api.errors import SawtError
from api.settings import Settings, root
from api.small import FEWEST
from sawt.context import catalogs
from sawt.doubles import look_at_numbers
from sawt.findings import Finding
from sawt.keeping_checks import look_at_keeping
from sawt.list_checks import look_at_lists
from sawt.revisions import current, newest
from sawt.road_checks import look_at_roads
from sawt.vault_checks import look_into_vault
from sawt.zone_checks import look_at_clock


async def examine(settings: Settings) -> AsyncIterator[Finding]:
    """Look at everything a running service needs."""
    yield await _database(settings)
    for finding in await look_at_lists(settings):
        yield finding
    yield _counts(settings)
    yield _keys(settings)
    for finding in await look_at_numbers(settings):
        yield finding
    for finding in await look_into_vault(settings):
        yield finding
    yield _public_url(settings)
    yield _present("SAWT_API_TOKEN", settings.api_token.get_secret_value(), "the JSON API lets nobody in")
    yield _twilio(settings)
    yield _kannel(settings)
    yield _telegram(settings)
    for finding in look_at_roads(settings):
        yield finding
    yield _catalogs()
    for finding in await look_at_keeping(settings):
        yield finding
    for finding in look_at_clock():
        yield finding


async def _database(settings: Settings) -> Finding:
    what = "SAWT_DATABASE_URL"
    db: Database | None = None
    try:
        db = Database(settings.database_url)
        found = await current(db)
    except Exception as error:  # whatever a driver raises: its kind is enough, its text may hold a password
        return Finding(what, False, f"the database cannot be reached ({type(error).__name__})")
    finally:
        if db is not None:
            await db.close()
    if found != newest():
        return Finding(what, False, f"the tables are at {found or 'nothing'}, not {newest()}: run 'sawt migrate'")
    return Finding(what, True, "reached, and its tables are the newest")


def _counts(settings: Settings) -> Finding:
    what, least = "SAWT_SMALLEST_COUNT", settings.smallest_count
    if least < FEWEST:
        return Finding(
            what, None, f"{least}: who reads counts before and after a vote reads the vote; for demonstrations"
        )
    return Finding(what, True, f"counts of open consultations move in steps of {least} ballots")


def _keys(settings: Settings) -> Finding:
    text = settings.keys.get_secret_value()
    if not text:
        return Finding("SAWT_KEYS", False, "missing: addresses cannot be enciphered; make some with 'sawt keys'")
    try:
        Keyring.parse(text)
    except SawtError as error:
        return Finding("SAWT_KEYS", False, str(error))
    return Finding("SAWT_KEYS", True, "well formed")


def _public_url(settings: Settings) -> Finding:
    needed = bool(settings.twilio_account_sid or settings.kannel_url or settings.telegram_secret.get_secret_value())
    url = urlsplit(settings.public_url)
    if not settings.public_url:
        words = "missing: webhooks are signed over it" if needed else "not set; nothing needs it"
        return Finding("SAWT_PUBLIC_URL", False if needed else None, words)
    if url.scheme != "https" and url.hostname not in ("127.0.0.1", "localhost"):
        return Finding("SAWT_PUBLIC_URL", False, "must start with https://")
    if url.query or url.fragment:
        return Finding("SAWT_PUBLIC_URL", False, "must have no query and no fragment")
    proxied = "; a proxy must speak HTTPS there: docs/proxy.md" if url.scheme == "https" else ""
    return Finding("SAWT_PUBLIC_URL", True, f"well formed{proxied}")


def _twilio(settings: Settings) -> Finding:
    if not settings.twilio_account_sid:
        return Finding("Twilio", None, "switched off: SAWT_TWILIO_ACCOUNT_SID is not set")
    if not re.fullmatch("AC[0-9a-f]{32}", settings.twilio_account_sid):
        return Finding("Twilio", False, "SAWT_TWILIO_ACCOUNT_SID is AC and 32 hexadecimal digits")
    if not settings.twilio_auth_token.get_secret_value():
        return Finding("Twilio", False, "SAWT_TWILIO_AUTH_TOKEN is missing: no webhook can be trusted")
    if not settings.twilio_sender:
        return Finding("Twilio", False, "SAWT_TWILIO_SENDER is missing: a number, a name or a messaging service")
    return Finding("Twilio", True, "complete")


def _kannel(settings: Settings) -> Finding:
    url = urlsplit(settings.kannel_url)
    if not settings.kannel_url:
        return Finding("Kannel", None, "switched off: SAWT_KANNEL_URL is not set")
    if url.scheme not in ("http", "https") or not url.hostname or url.path in ("", "/"):
        return Finding("Kannel", False, "SAWT_KANNEL_URL is that of sendsms: http://HOST:13013/cgi-bin/sendsms")
    if not settings.kannel_username or not settings.kannel_password.get_secret_value():
        return Finding("Kannel", False, "SAWT_KANNEL_USERNAME or SAWT_KANNEL_PASSWORD is missing: it lets nobody send")
    if not settings.kannel_sender:
        return Finding("Kannel", False, "SAWT_KANNEL_SENDER is missing: a number or a short code")
    if not re.fullmatch("[A-Za-z0-9_-]{16,}", settings.kannel_secret.get_secret_value()):
        return Finding("Kannel", False, "SAWT_KANNEL_SECRET takes letters, digits, _ and - only, 16 at least")
    anyone = "" if settings.kannel_addresses else ", and heard from any address: only the secret proves it"
    return Finding("Kannel", True, f"complete{anyone}")


def _telegram(settings: Settings) -> Finding:
    token, secret = settings.telegram_token.get_secret_value(), settings.telegram_secret.get_secret_value()
    if not token:
        return Finding("Telegram", None, "switched off: SAWT_TELEGRAM_TOKEN is not set")
    if not re.fullmatch(r"\d+:[A-Za-z0-9_-]{20,}", token):
        return Finding("Telegram", False, "SAWT_TELEGRAM_TOKEN is not what BotFather gives (NUMBER:LETTERS)")
    if secret and not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", secret):
        return Finding("Telegram", False, "SAWT_TELEGRAM_SECRET takes letters, digits, _ and - only, 256 at most")
    if settings.telegram_bot and not re.fullmatch(r"@?[A-Za-z0-9_]{5,32}", settings.telegram_bot):
        return Finding("Telegram", False, "SAWT_TELEGRAM_BOT is the bot's name, as BotFather gives it: SawtBot")
    unnamed = "" if settings.telegram_bot else "; SAWT_TELEGRAM_BOT is not set: SMS cannot say how to find the bot"
    return Finding("Telegram", True, f"complete, by {'webhook' if secret else 'polling'}{unnamed}")


def _catalogs() -> Finding:
    try:
        catalogs()
    except OSError:
        return Finding("locales/", False, f"the catalogs are not in {root() / 'locales'}")
    return Finding("locales/", True, "Arabic, French and Tamazight are there")


def _present(what: str, value: str, otherwise: str) -> Finding:
    return Finding(what, True, "set") if value else Finding(what, False, f"missing: {otherwise}")
