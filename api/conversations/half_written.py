"""An idea that is half written, as it rests in a conversation's notes: what was written is enciphered."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from api.security.crypto import Keyring

_PURPOSE = "idea draft"
_TOLD = ("text", "late")  # what they wrote


def seal(keyring: Keyring, held: Mapping[str, Any]) -> dict[str, Any]:
    """The note with its texts sealed. Nothing stays nothing: that there is a text is no secret."""
    told = {name: _sealed(keyring, held[name]) for name in _TOLD}
    return {**held, **told, "sealed": True}


def unseal(keyring: Keyring, note: Mapping[str, Any]) -> dict[str, Any]:
    """The note with its texts to be read; an older release sealed none. Raises Invalid if a key is gone."""
    told = {name: _opened(keyring, note[name]) for name in _TOLD} if note.get("sealed") else {}
    return {name: value for name, value in {**note, **told}.items() if name != "sealed"}


def text_of(keyring: Keyring, note: Mapping[str, Any]) -> str:
    """All that was written of it so far. Raises Invalid if a key is gone."""
    held = unseal(keyring, note)
    return "\n".join(str(held.get(name, "")) for name in _TOLD)


def _sealed(keyring: Keyring, text: str) -> str:
    return base64.b64encode(keyring.encipher(text, purpose=_PURPOSE)).decode() if text else ""


def _opened(keyring: Keyring, sealed: str) -> str:
    return keyring.decipher(base64.b64decode(sealed), purpose=_PURPOSE) if sealed else ""
