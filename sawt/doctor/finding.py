"""What `sawt doctor` says of one thing it looked at."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import ValidationError
from pydantic_settings import SettingsError

from api.text.fault_words import sentence


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. `ok` is None for what is switched off, or is only worth a hint."""

    what: str
    ok: bool | None
    words: str


def faults(error: ValidationError | SettingsError) -> Iterator[Finding]:
    """What is not well formed in the settings; never their values, which may be secrets."""
    if isinstance(error, SettingsError):
        named = re.search(r'field "(\w+)"', str(error))
        yield Finding(f"SAWT_{named[1].upper()}" if named else "settings", False, "it must be JSON")
        return
    for each in error.errors():
        name, *place = map(str, each["loc"])
        within = f"{' '.join(place)}: " if place else ""
        yield Finding(f"SAWT_{name.upper()}", False, f"{within}{sentence(each)}")
