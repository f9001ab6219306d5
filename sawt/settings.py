"""The settings and keys of this installation, with clear errors if they are wrong."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from difflib import get_close_matches
from pathlib import Path

from dotenv import dotenv_values
from pydantic import ValidationError
from pydantic_settings import SettingsError

from api.errors import Invalid, WrongSetup
from api.security.crypto import Keyring
from api.settings import Settings
from sawt.doctor.finding import Finding, faults

_PREFIX = "SAWT_"
# Names that deploy/Caddyfile and the signed-in command line use, and that may share an environment with the service.
_OTHERS = {"SAWT_SITE", "SAWT_AT", "SAWT_URL", "SAWT_TOKEN", "SAWT_LOGIN", "SAWT_DEMO"}


def configured(read: Callable[[], Settings] = Settings) -> Settings:
    """Return the settings from the environment and `.env`.

    If settings are wrong or unknown, raises WrongSetup with a message that names all of them.
    """
    wrong = list(misspelt())
    try:
        settings = read()
    except (ValidationError, SettingsError) as error:
        wrong += faults(error)
    if wrong:
        words = "; ".join(f"{each.subject}: {each.words}" for each in wrong)
        raise WrongSetup(f"{words}. Try: sawt doctor")
    return settings


def keys_of(settings: Settings) -> Keyring:
    """Return the keys of an installation. Raises WrongSetup if they are missing or malformed."""
    text = settings.keys.get_secret_value().strip()
    if not text:
        raise WrongSetup("SAWT_KEYS is not set: run 'sawt keys'", "keys")
    try:
        return Keyring.parse(text)
    except Invalid as error:
        raise WrongSetup(f"SAWT_KEYS: {error}", "keys") from None


def misspelt() -> Iterator[Finding]:
    """Yield a finding for each variable whose name starts with SAWT_ but is no setting.

    The finding suggests the setting with the most similar name. Values are not shown.
    """
    known = {f"{_PREFIX}{name.upper()}" for name in Settings.model_fields}
    present = {name.upper() for name in (*os.environ, *_in_file())}
    for name in sorted(present - known - _OTHERS):
        if name.startswith(_PREFIX):
            near = get_close_matches(name, known, n=1)
            hint = f" (did you mean {near[0]}?)" if near else ""
            yield Finding(name, False, f"this setting does not exist{hint}")


def _in_file() -> list[str]:
    """Return the names of the variables in `.env`; none if the file does not exist."""
    file = Path(str(Settings.model_config["env_file"]))
    if not file.is_file():
        return []
    return list(dotenv_values(file, encoding=str(Settings.model_config["env_file_encoding"])))
