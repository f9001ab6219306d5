"""A half-written idea in the notes of a conversation. The idea's text is stored encrypted."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from api.security.crypto import Keyring

_PURPOSE = "idea draft"
_TEXTS = ("text", "late")  # the fields that contain the author's words


def seal(keyring: Keyring, draft: Mapping[str, Any]) -> dict[str, Any]:
    """Return the notes of an idea with its text fields encrypted.

    An empty field stays empty: whether something was written is no secret.
    """
    sealed = {name: _seal_text(keyring, draft[name]) for name in _TEXTS}
    return {**draft, **sealed, "sealed": True}


def unseal(keyring: Keyring, note: Mapping[str, Any]) -> dict[str, Any]:
    """Return the notes of an idea with its text fields decrypted.

    Notes of older releases have no field `sealed` and are not encrypted; they are returned unchanged. Raises Invalid if
    the encryption key was deleted.
    """
    texts = {name: _unseal_text(keyring, note[name]) for name in _TEXTS} if note.get("sealed") else {}
    return {name: value for name, value in {**note, **texts}.items() if name != "sealed"}


def text_of(keyring: Keyring, note: Mapping[str, Any]) -> str:
    """Return all text of the idea written so far. Raises Invalid if the encryption key was deleted."""
    draft = unseal(keyring, note)
    return "\n".join(str(draft.get(name, "")) for name in _TEXTS)


def _seal_text(keyring: Keyring, text: str) -> str:
    return base64.b64encode(keyring.encipher(text, purpose=_PURPOSE)).decode() if text else ""


def _unseal_text(keyring: Keyring, sealed: str) -> str:
    return keyring.decipher(base64.b64decode(sealed), purpose=_PURPOSE) if sealed else ""
