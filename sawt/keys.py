"""`sawt keys`: a new set of keys."""

from __future__ import annotations

import typer

from api.crypto import Keyring


def keys() -> None:
    """Make a new set of keys, to be kept secret and backed up (SAWT_KEYS)."""
    typer.echo(Keyring.generate())  # a value to be copied whole
