"""`sawt doctor`: whether every setting is there and right, and what is missing, in words."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from urllib.parse import urlsplit

from sqlalchemy import make_url

from api.db import Database
from api.errors import SawtError, Unavailable, WrongSetup
from api.security.crypto import Keyring
from api.settings import Settings, root
from api.suppression import FEWEST
from sawt.cli.people.duplicates import look_at_numbers
from sawt.context import catalogs
from sawt.doctor.finding import Finding
from sawt.doctor.list_checks import look_at_lists
from sawt.doctor.provider_checks import kannel, telegram, twilio
from sawt.doctor.retention_checks import look_at_keeping
from sawt.doctor.road_checks import look_at_roads
from sawt.doctor.rules_in_force import in_force
from sawt.doctor.staff_checks import look_at_staff, token_alone
from sawt.doctor.trouble_checks import look_at_troubles
from sawt.doctor.vault_checks import look_into_vault
from sawt.doctor.zone_checks import look_at_clock
from sawt.preconditions import Ground, is_there


async def examine(settings: Settings) -> AsyncIterator[Finding]:
    """Look at everything a running service needs."""
    yield await _database(settings)
    for finding in await _looked(settings, look_at_lists):
        yield finding
    settings, rules = await in_force(settings)
    for finding in rules:
        yield finding
    yield _counts(settings)
    yield _keys(settings)
    for finding in await _looked(settings, look_at_numbers):
        yield finding
    for finding in await look_into_vault(settings):
        yield finding
    yield _public_url(settings)
    for finding in await _looked(settings, look_at_staff) or token_alone(settings):
        yield finding
    yield twilio(settings)
    yield kannel(settings)
    yield telegram(settings)
    for finding in look_at_roads(settings):
        yield finding
    yield _catalogs()
    for finding in await _looked(settings, look_at_keeping):
        yield finding
    for finding in look_at_clock():
        yield finding
    for finding in await _looked(settings, look_at_troubles):
        yield finding


async def _looked(settings: Settings, look: Callable[[Settings], Awaitable[list[Finding]]]) -> list[Finding]:
    """What a look into the database finds; nothing where there is none: to look would make an empty one."""
    return await look(settings) if is_there(make_url(settings.database_url)) else []


async def _database(settings: Settings) -> Finding:
    """Whether it can be used at all: it is there, its tables are the newest, and the keys are its own."""
    what = "SAWT_DATABASE_URL"
    db: Database | None = None
    try:
        db = Database(settings.database_url, guard=Ground(settings))
        await db.verify()
    except WrongSetup as error:
        return Finding("SAWT_KEYS" if error.part == "keys" else what, False, str(error))
    except Unavailable as error:
        return Finding(what, False, f"the database cannot be reached ({type(error.__cause__).__name__})")
    except Exception as error:  # whatever a driver raises: its kind is enough, its text may hold a password
        return Finding(what, False, f"the database cannot be reached ({type(error).__name__})")
    finally:
        if db is not None:
            await db.close()
    return Finding(what, True, "reached, its tables are the newest, and SAWT_KEYS are its own")


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
        return Finding("SAWT_KEYS", False, "not set: addresses cannot be enciphered; run 'sawt keys'")
    try:
        Keyring.parse(text)
    except SawtError as error:
        return Finding("SAWT_KEYS", False, str(error))
    return Finding("SAWT_KEYS", True, "well formed")


def _public_url(settings: Settings) -> Finding:
    needed = bool(settings.twilio_account_sid or settings.kannel_url or settings.telegram_secret.get_secret_value())
    url = urlsplit(settings.public_url)
    if not settings.public_url:
        words = "not set: webhooks are signed over it" if needed else "not set; nothing needs it"
        return Finding("SAWT_PUBLIC_URL", False if needed else None, words)
    if url.scheme != "https" and url.hostname not in ("127.0.0.1", "localhost"):
        return Finding("SAWT_PUBLIC_URL", False, "must start with https://")
    if url.query or url.fragment:
        return Finding("SAWT_PUBLIC_URL", False, "must have no query and no fragment")
    proxied = "; a proxy must speak HTTPS there: docs/proxy.md" if url.scheme == "https" else ""
    return Finding("SAWT_PUBLIC_URL", True, f"well formed{proxied}")


def _catalogs() -> Finding:
    try:
        catalogs()
    except OSError:
        return Finding("locales/", False, f"the catalogs are not in {root() / 'locales'}")
    return Finding("locales/", True, "Arabic, French and Tamazight are there")
