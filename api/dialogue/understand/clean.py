"""Clean each message before anything else reads it: remove what databases refuse and what is slow to process."""

from __future__ import annotations

from dataclasses import replace

from api.channel import Incoming
from api.text.normalise import LONGEST, uncrowded

_LONGEST_KEY = 64


def clean(incoming: Incoming) -> Incoming:
    """Return the message cut to the maximum length, without characters that cannot be stored.

    PostgreSQL refuses NULs, and lone surrogates cannot be encoded. Long runs of combining marks are cut too, because
    normalising them is slow.
    """
    hints = incoming.hints
    return replace(
        incoming,
        text=uncrowded(storable(incoming.text)[:LONGEST]),
        choice=None if incoming.choice is None else storable(incoming.choice)[:_LONGEST_KEY],
        hints=replace(hints, payload=None if hints.payload is None else storable(hints.payload)[:_LONGEST_KEY]),
    )


def storable(text: str) -> str:
    """Return the text without the characters that databases refuse: NULs and lone surrogates."""
    return text.replace("\x00", "").encode("utf-8", "ignore").decode()
