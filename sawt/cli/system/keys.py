"""`sawt keys`: a new set of keys."""

from __future__ import annotations

from api.security.crypto import Keyring
from sawt.cli.printing import Printer


def keys() -> None:
    """Make a new set of keys, to be kept secret and backed up: paste the line behind SAWT_KEYS= in .env."""
    Printer().print(Keyring.generate())  # a value to be copied whole
