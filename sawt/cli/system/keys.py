"""`sawt keys`: generate a set of encryption keys."""

from __future__ import annotations

from api.security.crypto import Keyring
from sawt.cli.printing import Printer


def keys() -> None:
    """Generate a set of keys: paste the line after SAWT_KEYS= in .env, keep it secret and back it up."""
    Printer().print(Keyring.generate())  # on one line, to be copied
