"""Encryption within one transaction: with the service's keys, and with the vault keys that the transaction has used."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from api.errors import Invalid
from api.security import crypto
from api.security.crypto import Keyring
from api.security.vault import Vault

_MAKE, _SEALS = "make_seals", "seals"  # keys in a session's `info`
PASSING = "passing-"  # name prefix of keys that encrypt texts naming a receipt: see `outbox/expiring_keys.py`
# Bytes. Texts are padded to this size, since their length could reveal an answer. It must not be larger: closing
# rewrites deliveries only up to a size (`after_closing.MOST_BYTES`).
_ROOM = {"delivery": 2048}
_ELSE = 1024
_LAYERED = '{"under": '  # a text encrypted with vault keys starts with this


class Cipher(Protocol):
    """An object that encrypts and decrypts texts: a keyring, or the `Seals` of a transaction."""

    def encipher(self, text: str, *, purpose: str) -> bytes:
        """Encrypt a text."""
        ...

    def decipher(self, sealed: bytes, *, purpose: str) -> str:
        """Decrypt a text. Raises Invalid if a key is missing."""
        ...


class Seals:
    """Encryption within one transaction. It remembers each vault key that is used and adds it to all later encryption.

    So a reply made from a ballot is always encrypted with the consultation's key. After the transaction no key is left
    in memory.
    """

    def __init__(self, keyring: Keyring, vault: Vault) -> None:
        self.keyring, self.vault = keyring, vault
        self._used: dict[str, list[bytes]] = {}

    def use(self, name: str) -> None:
        """From now on, also encrypt with the vault key called `name`, if it exists. Raises Unavailable."""
        if keys := self.vault.keys(name):
            self._used.setdefault(name, keys)

    def encipher(self, text: str, *, purpose: str) -> bytes:
        """Encrypt a text with the service's keys and every vault key used so far in this transaction."""
        return self.seal(text, {name: keys[0] for name, keys in self._used.items()}, purpose=purpose)

    def seal(self, text: str, keys: Mapping[str, bytes], *, purpose: str) -> bytes:
        """Encrypt a text with the service's keys and with the vault keys of these names."""
        if keys:
            content = text.encode(errors="replace")
            if any(name.startswith(PASSING) for name in keys):
                room = _ROOM.get(purpose, _ELSE)
                content = content.ljust(-(-len(content) // room) * room, b"\0")
            for key in keys.values():
                content = crypto.encrypt(key, content, purpose=purpose)
            text = json.dumps({"under": [*keys], "text": base64.b64encode(content).decode()})
        return self.keyring.encipher(text, purpose=purpose)

    def decipher(self, sealed: bytes, *, purpose: str) -> str:
        """Decrypt a text. Raises Invalid if a key is missing, Unavailable if the vault cannot be read."""
        text = self.keyring.decipher(sealed, purpose=purpose)
        if not text.startswith(_LAYERED):
            return text
        layered = json.loads(text)
        content = base64.b64decode(layered["text"])
        for name in reversed(layered["under"]):
            key, content = _open(self._keys(name), content, purpose)
            self._used[name] = [key]
        return content.rstrip(b"\0").decode()

    def opens(self, key: bytes, sealed: bytes, *, purpose: str) -> bool:
        """Return whether a value was encrypted with this vault key and the service's keys."""
        try:
            layered = json.loads(self.keyring.decipher(sealed, purpose=purpose))
            crypto.decrypt(key, base64.b64decode(layered["text"]), purpose=purpose)
        except (Invalid, ValueError):
            return False
        return True

    def key(self, name: str) -> bytes:
        """Return the vault key called `name`. The transaction must have used it before."""
        return self._used[name][0]

    def _keys(self, name: str) -> list[bytes]:
        return self._used.get(name) or self.vault.keys(name)


def _open(keys: Iterable[bytes], content: bytes, purpose: str) -> tuple[bytes, bytes]:
    """Return the first key that decrypts the content, and the decrypted content. Raises Invalid."""
    # several keys if mirrored vault folders disagree
    for key in keys:
        try:
            return key, crypto.decrypt(key, content, purpose=purpose)
        except Invalid:
            continue
    raise Invalid("a value was encrypted with a key that is no longer in the vault")


def info(make: Callable[[], Seals]) -> dict[str, Any]:
    """Return the `info` dictionary that every session of a `Database` is given.

    It holds `make`, which `seals_of` calls to create a session's seals.
    """
    return {_MAKE: make}


def seals_of(session: AsyncSession) -> Seals:
    """Return the `Seals` of this transaction. Raises Invalid if the database was opened without a vault."""
    if _SEALS not in session.info:
        if _MAKE not in session.info:
            raise Invalid("this database was opened without a vault")
        session.info[_SEALS] = session.info[_MAKE]()
    seals: Seals = session.info[_SEALS]
    return seals


def cipher_of(session: AsyncSession, keyring: Keyring) -> Cipher:
    """Return the `Seals` of this transaction, or the keyring if the database was opened without a vault."""
    return seals_of(session) if _MAKE in session.info else keyring
