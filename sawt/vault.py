"""The vault of an installation: where it is, what is wrong with it, and a database opened with it."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from sqlalchemy import make_url

from api.db import Database, Guard
from api.errors import Invalid
from api.security import seals
from api.security.crypto import Keyring
from api.security.seals import Seals
from api.security.vault import Vault
from api.settings import Settings

_FOLDER = "a folder for the keys of open consultations, outside database and backups"
MISSING = f"missing: {_FOLDER}"
UNSET = f"SAWT_VAULT is not set: make {_FOLDER}, and name it there"


def vault_of(settings: Settings) -> Vault:
    """The vault; where none is set, a rehearsal has one beside its SQLite file. Raises Invalid if there is none.

    It never depends on where a command is run: a key made elsewhere would be lost.
    """
    if settings.vault:
        return Vault(settings.vault)
    home = _home(settings)
    if home is None:
        raise Invalid(UNSET)
    return Vault([home / "vault"])


def database(settings: Settings, guard: Guard | None = None) -> Database:
    """The database, whose transactions can seal and open; keys are only needed once one does."""

    @cache
    def both() -> tuple[Keyring, Vault]:
        vault = vault_of(settings)
        prepare(settings)
        return Keyring.parse(settings.keys.get_secret_value()), vault

    return Database(settings.database_url, info=seals.info(lambda: Seals(*both())), guard=guard)


def faults(settings: Settings) -> Iterator[str]:
    """Why this vault would protect nobody, or cannot be used, in words. Nothing is made by looking.

    A rehearsal makes its folders itself, when it needs them: that one is not there yet is no fault.
    """
    real = _serves_people(settings)
    if not settings.vault and (real or _home(settings) is None):
        yield MISSING
        return
    vault = vault_of(settings)
    if real:
        misplaced = list(filter(None, (_misplaced(settings, folder) for folder in vault.folders)))
        if misplaced:
            yield from misplaced
            return
    to_make = [] if real else [folder for folder in vault.folders if _can_be_made(folder)]
    yield from Vault([folder for folder in vault.folders if folder not in to_make]).faults()


def prepare(settings: Settings) -> None:
    """Make the folders of a rehearsal's vault; whoever needs one that cannot be made says so."""
    if not _serves_people(settings):
        with contextlib.suppress(OSError):
            vault_of(settings).prepare()


def prepare_default(settings: Settings) -> None:
    """Make a rehearsal's vault where none is set: beside its SQLite file, if that has a folder."""
    home = _home(settings)
    if not settings.vault and home is not None and home.is_dir():
        prepare(settings)


def _can_be_made(folder: Path) -> bool:
    """Whether it is not there, and its nearest parent that is takes new folders."""
    parent = next(each for each in folder.absolute().parents if each.exists())
    return not folder.exists() and parent.is_dir() and os.access(parent, os.W_OK | os.X_OK)


def _serves_people(settings: Settings) -> bool:
    """Whether any provider is a real one, and not the rehearsal."""
    twilio = settings.twilio_account_sid and not settings.twilio_api_url
    telegram = settings.telegram_token.get_secret_value() and not settings.telegram_api_url
    return bool(twilio or telegram or settings.kannel_url)


def _misplaced(settings: Settings, folder: Path) -> str:
    if not folder.is_absolute():
        return f"{folder} must be an absolute path: commands run elsewhere too"
    home = _home(settings)
    if home is not None and folder.resolve().is_relative_to(home):
        return f"{folder} is inside {home}, the database's folder: a copy of one would hold both"
    return ""


def _home(settings: Settings) -> Path | None:
    """The folder of the SQLite file; None on a server."""
    url = make_url(settings.database_url)
    return Path(url.database).resolve().parent if url.get_backend_name() == "sqlite" and url.database else None
