"""The settings of this installation, or what is wrong with them in words."""

from __future__ import annotations

from collections.abc import Callable

from pydantic import ValidationError
from pydantic_settings import SettingsError

from api.errors import Invalid
from api.settings import Settings
from sawt.findings import faults


def configured(read: Callable[[], Settings] = Settings) -> Settings:
    """The settings, from the environment and `.env`. Raises Invalid with the names of those that are wrong."""
    try:
        return read()
    except (ValidationError, SettingsError) as error:
        names = ", ".join(dict.fromkeys(each.what for each in faults(error)))
        raise Invalid(f"Not well formed: {names}. Try: sawt doctor") from None
