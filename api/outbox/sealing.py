"""A reply as it rests in the outbox: enciphered, because it may say what a resident chose."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from api.channel import Choice, Reply
from api.crypto import Keyring

_PURPOSE = "delivery"


def seal(keyring: Keyring, reply: Reply) -> bytes:
    """The enciphered text and choices of a reply."""
    return keyring.encipher(json.dumps({"t": reply.text, "c": pack(reply.choices)}), purpose=_PURPOSE)


def unseal(keyring: Keyring, sealed: bytes) -> Reply:
    """The reply again. Raises Invalid if its key is gone."""
    found = json.loads(keyring.decipher(sealed, purpose=_PURPOSE))
    return Reply(text=found["t"], choices=unpack(found["c"]))


def pack(choices: Sequence[Choice]) -> list[list[Any]]:
    """Choices as JSON holds them."""
    return [[choice.key, choice.label, choice.chosen, choice.action] for choice in choices]


def unpack(packed: Sequence[Sequence[Any]]) -> tuple[Choice, ...]:
    """Choices from JSON."""
    return tuple(Choice(key=key, label=label, chosen=chosen, action=action) for key, label, chosen, action in packed)
