"""The checks of `sawt doctor`, in the order of its output."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from urllib.parse import urlsplit

from sqlalchemy import make_url

from api.db import Database
from api.errors import SawtError, Unavailable, WrongSetup
from api.security.crypto import Keyring
from api.settings import Settings, root
from api.suppression import FEWEST
from sawt.cli.people.duplicates import check_numbers
from sawt.context import catalogs
from sawt.doctor.finding import Finding
from sawt.doctor.list_checks import check_lists
from sawt.doctor.provider_checks import kannel, telegram, twilio
from sawt.doctor.record_checks import check_record
from sawt.doctor.retention_checks import check_retention
from sawt.doctor.road_checks import check_roads
from sawt.doctor.rules_in_force import in_force
from sawt.doctor.sign_in_checks import check_ways
from sawt.doctor.staff_checks import check_shared_token, check_staff
from sawt.doctor.trouble_checks import check_troubles
from sawt.doctor.vault_checks import check_vault
from sawt.doctor.zone_checks import check_zone
from sawt.preconditions import DatabaseGuard, database_exists


async def examine(settings: Settings) -> AsyncIterator[Finding]:
    """Check everything that a running service needs; yield the findings in the order of the output."""
    yield await _database(settings)
    for finding in await _if_database_exists(settings, check_lists):
        yield finding
    for finding in await _if_database_exists(settings, check_record):
        yield finding
    settings, rules = await in_force(settings)
    for finding in rules:
        yield finding
    yield _counts(settings)
    yield _keys(settings)
    for finding in await _if_database_exists(settings, check_numbers):
        yield finding
    for finding in await check_vault(settings):
        yield finding
    yield _public_url(settings)
    for finding in await _if_database_exists(settings, check_staff) or check_shared_token(settings):
        yield finding
    for finding in check_ways(settings):
        yield finding
    yield twilio(settings)
    yield kannel(settings)
    yield telegram(settings)
    for finding in check_roads(settings):
        yield finding
    yield _catalogs()
    for finding in await _if_database_exists(settings, check_retention):
        yield finding
    for finding in check_zone():
        yield finding
    for finding in await _if_database_exists(settings, check_troubles):
        yield finding


async def _if_database_exists(
    settings: Settings, check: Callable[[Settings], Awaitable[list[Finding]]]
) -> list[Finding]:
    """Run a check of the database, but only if the database exists."""
    # opening a missing SQLite database would create it
    return await check(settings) if database_exists(make_url(settings.database_url)) else []


async def _database(settings: Settings) -> Finding:
    """Report whether the database can be used: it exists, its schema is up to date, and SAWT_KEYS are its keys."""
    subject = "SAWT_DATABASE_URL"
    db: Database | None = None
    try:
        db = Database(settings.database_url, guard=DatabaseGuard(settings))
        await db.verify()
    except WrongSetup as error:
        return Finding("SAWT_KEYS" if error.part == "keys" else subject, False, str(error))
    except Unavailable as error:
        return Finding(subject, False, f"the database cannot be reached ({type(error.__cause__).__name__})")
    except Exception as error:  # drivers raise many types of errors; the text may contain a password
        return Finding(subject, False, f"the database cannot be reached ({type(error).__name__})")
    finally:
        if db is not None:
            await db.close()
    return Finding(subject, True, "the database can be reached, its schema is up to date, and SAWT_KEYS are its keys")


def _counts(settings: Settings) -> Finding:
    subject, smallest = "SAWT_SMALLEST_COUNT", settings.smallest_count
    if smallest < FEWEST:
        return Finding(
            subject,
            None,
            (f"{smallest} is only for demonstrations: exact counts reveal single ballots to anyone who compares them"),
        )
    return Finding(subject, True, f"counts of open consultations change in steps of {smallest} ballots")


def _keys(settings: Settings) -> Finding:
    text = settings.keys.get_secret_value()
    if not text:
        return Finding("SAWT_KEYS", False, "not set: addresses cannot be encrypted. Run: sawt keys")
    try:
        Keyring.parse(text)
    except SawtError as error:
        return Finding("SAWT_KEYS", False, str(error))
    return Finding("SAWT_KEYS", True, "set, and valid in form")


def _public_url(settings: Settings) -> Finding:
    needed = bool(settings.twilio_account_sid or settings.kannel_url or settings.telegram_secret.get_secret_value())
    url = urlsplit(settings.public_url)
    if not settings.public_url:
        words = "not set, but providers sign their webhooks with this URL" if needed else "not set, and not needed"
        return Finding("SAWT_PUBLIC_URL", False if needed else None, words)
    if url.scheme != "https" and url.hostname not in ("127.0.0.1", "localhost"):
        return Finding("SAWT_PUBLIC_URL", False, "the URL must start with https://")
    if url.query or url.fragment:
        return Finding("SAWT_PUBLIC_URL", False, "the URL must not have a query or a fragment")
    proxied = "; HTTPS needs a proxy, see docs/proxy.md" if url.scheme == "https" else ""
    return Finding("SAWT_PUBLIC_URL", True, f"valid in form{proxied}")


def _catalogs() -> Finding:
    try:
        catalogs()
    except OSError:
        return Finding("locales/", False, f"the message catalogs are missing in {root() / 'locales'}")
    return Finding("locales/", True, "the catalogs of Arabic, French and Tamazight are present")
