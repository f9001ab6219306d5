"""Remove from a message what the database cannot store or what takes long to read, before anything else sees it."""

from __future__ import annotations

from dataclasses import replace

from api.channel import Incoming
from api.text.normalise import LONGEST, uncrowded

_LONGEST_KEY = 64


def clean(incoming: Incoming) -> Incoming:
    """The message without NULs (PostgreSQL refuses them) and lone surrogates (not encodable), and not too long.

    Long runs of combining marks are cut, because normalising them is slow.
    """
    hints = incoming.hints
    return replace(
        incoming,
        text=uncrowded(storable(incoming.text)[:LONGEST]),
        choice=None if incoming.choice is None else storable(incoming.choice)[:_LONGEST_KEY],
        hints=replace(hints, payload=None if hints.payload is None else storable(hints.payload)[:_LONGEST_KEY]),
    )


def storable(text: str) -> str:
    """The text without characters that databases refuse."""
    return text.replace("\x00", "").encode("utf-8", "ignore").decode()
