"""The vault of an installation: its folders, what is wrong with them, and the database that uses the vault.

The vault stores the secret keys of open consultations, apart from the database.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from sqlalchemy import make_url

from api.audit.writing import VIA
from api.db import Database, Guard
from api.errors import Invalid
from api.security import seals
from api.security.crypto import Keyring
from api.security.seals import Seals
from api.security.vault import Vault
from api.settings import Settings

_FOLDER = "a folder for the keys of open consultations, outside the database's folder and outside backups"
MISSING = f"missing: {_FOLDER}"
UNSET = f"SAWT_VAULT is not set: create {_FOLDER}, and set SAWT_VAULT to its path"


def vault_of(settings: Settings) -> Vault:
    """Return the vault that the settings name, or by default the folder `vault` next to the SQLite file.

    Raises Invalid if the settings name no vault and the database is not SQLite.
    """
    if settings.vault:
        return Vault(settings.vault)
    home = _home(settings)
    if home is None:
        raise Invalid(UNSET)  # the working directory is no default: a command elsewhere would not find the keys
    return Vault([home / "vault"])


def database(settings: Settings, guard: Guard | None = None, *, via: str = "api") -> Database:
    """Return the database, with transactions that can encrypt and decrypt values. Keys are read at their first use.

    `via` names the interface, such as "api", for the record of staff acts.
    """

    @cache
    def keys_and_vault() -> tuple[Keyring, Vault]:
        vault = vault_of(settings)
        prepare(settings)
        return Keyring.parse(settings.keys.get_secret_value()), vault

    info = {**seals.info(lambda: Seals(*keys_and_vault())), VIA: via}
    return Database(settings.database_url, info=info, guard=guard)


def faults(settings: Settings) -> Iterator[str]:
    """Yield each reason why the vault does not protect voters or cannot be used. Creates nothing.

    In a rehearsal (no real provider), a missing folder that can be created is no fault.
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
    """In a rehearsal (no real provider), create the vault's folders.

    Errors are ignored here, because they are reported when a folder is used.
    """
    if not _serves_people(settings):
        with contextlib.suppress(OSError):
            vault_of(settings).prepare()


def prepare_default(settings: Settings) -> None:
    """In a rehearsal without a vault setting, create the default vault next to the SQLite file."""
    home = _home(settings)
    if not settings.vault and home is not None and home.is_dir():
        prepare(settings)


def _can_be_made(folder: Path) -> bool:
    """Return whether a folder can be created: it does not exist, and its nearest existing parent is writable."""
    parent = next(each for each in folder.absolute().parents if each.exists())
    return not folder.exists() and parent.is_dir() and os.access(parent, os.W_OK | os.X_OK)


def _serves_people(settings: Settings) -> bool:
    """Return whether the settings name a real provider, not only providers that the rehearsal simulates."""
    twilio = settings.twilio_account_sid and not settings.twilio_api_url
    telegram = settings.telegram_token.get_secret_value() and not settings.telegram_api_url
    return bool(twilio or telegram or settings.kannel_url)


def _misplaced(settings: Settings, folder: Path) -> str:
    if not folder.is_absolute():
        return f"{folder} must be an absolute path, because commands may run in other folders"
    home = _home(settings)
    if home is not None and folder.resolve().is_relative_to(home):
        return (
            f"{folder} is inside {home}, the database's folder: choose another folder, since one backup would "
            "contain both"
        )
    return ""


def _home(settings: Settings) -> Path | None:
    """Return the folder of the SQLite file; None for a database server."""
    url = make_url(settings.database_url)
    return Path(url.database).resolve().parent if url.get_backend_name() == "sqlite" and url.database else None
