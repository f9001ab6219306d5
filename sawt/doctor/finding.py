"""A finding of `sawt doctor`: one subject, whether it is right, and a sentence about it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import ValidationError
from pydantic_settings import SettingsError

from api.text.fault_words import sentence


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check. If it is only a hint, or if what it checks is switched off, `ok` is None."""

    subject: str
    ok: bool | None
    words: str


def faults(error: ValidationError | SettingsError) -> Iterator[Finding]:
    """Yield a finding for each malformed setting. The value is never shown, because it may be a secret."""
    if isinstance(error, SettingsError):
        field = re.search(r'field "(\w+)"', str(error))
        yield Finding(f"SAWT_{field[1].upper()}" if field else "settings", False, "the value must be JSON")
        return
    for each in error.errors():
        name, *place = map(str, each["loc"])
        within = f"{' '.join(place)}: " if place else ""
        yield Finding(f"SAWT_{name.upper()}", False, f"{within}{sentence(each)}")
