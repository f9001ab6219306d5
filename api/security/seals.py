"""What one transaction seals and opens: under the service's keys, and under the vault's keys it has used so far."""

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

_MAKE, _SEALS = "make_seals", "seals"  # in a session's info
PASSING = "passing-"  # how the names of keys begin that seal what names a receipt: see `outbox/expiring_keys.py`
# Bytes: what is sealed under one is as long as others, or its length would tell which answer it is; and no longer than
# that, as a closing rewrites deliveries only up to a size (`after_closing.MOST_BYTES`).
_ROOM = {"delivery": 2048}
_ELSE = 1024
_LAYERED = '{"under": '  # how a text begins that is sealed under keys of the vault


class Enciphers(Protocol):
    """What seals and opens texts: a keyring, or the seals of a transaction."""

    def encipher(self, text: str, *, purpose: str) -> bytes:
        """Seal a text."""
        ...

    def decipher(self, sealed: bytes, *, purpose: str) -> str:
        """Open a sealed text. Raises Invalid if a key is gone."""
        ...


class Seals:
    """The seals of one transaction. `decipher` and `use` note keys of the vault; `encipher` seals under all of them.

    So a reply that came of a ballot is sealed under the key of its consultation, whoever wrote it. Nothing is kept in
    memory beyond the transaction: at closing, no process has anything to forget.
    """

    def __init__(self, keyring: Keyring, vault: Vault) -> None:
        self.keyring, self.vault = keyring, vault
        self._used: dict[str, list[bytes]] = {}

    def use(self, name: str) -> None:
        """Seal under this key as well from now on, if it is there. Raises Unavailable."""
        if keys := self.vault.keys(name):
            self._used.setdefault(name, keys)

    def encipher(self, text: str, *, purpose: str) -> bytes:
        """Seal a text under the service's keys, and under every key of the vault that was used before."""
        return self.seal(text, {name: keys[0] for name, keys in self._used.items()}, purpose=purpose)

    def seal(self, text: str, keys: Mapping[str, bytes], *, purpose: str) -> bytes:
        """Seal a text under the service's keys and these ones of the vault, by name."""
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
        """Open a sealed text. Raises Invalid if a key is gone, Unavailable if the vault is away."""
        text = self.keyring.decipher(sealed, purpose=purpose)
        if not text.startswith(_LAYERED):
            return text
        layered = json.loads(text)
        content = base64.b64decode(layered["text"])
        for name in reversed(layered["under"]):
            key, content = _opened(self._keys(name), content, purpose)
            self._used[name] = [key]
        return content.rstrip(b"\0").decode()

    def opens(self, key: bytes, sealed: bytes, *, purpose: str) -> bool:
        """Whether this key of the vault opens what was sealed under it and the service's keys."""
        try:
            layered = json.loads(self.keyring.decipher(sealed, purpose=purpose))
            crypto.decrypt(key, base64.b64decode(layered["text"]), purpose=purpose)
        except (Invalid, ValueError):
            return False
        return True

    def key(self, name: str) -> bytes:
        """A key of the vault that opened something in this transaction."""
        return self._used[name][0]

    def _keys(self, name: str) -> list[bytes]:
        return self._used.get(name) or self.vault.keys(name)


def _opened(keys: Iterable[bytes], content: bytes, purpose: str) -> tuple[bytes, bytes]:
    """The key that opens it, and what is within: mirrors may disagree."""
    for key in keys:
        try:
            return key, crypto.decrypt(key, content, purpose=purpose)
        except Invalid:
            continue
    raise Invalid("a value was sealed with a key that is no longer in the vault")


def info(make: Callable[[], Seals]) -> dict[str, Any]:
    """What every session of a database carries, so that `seals_of` finds its seals: see `api.db.Database`."""
    return {_MAKE: make}


def seals_of(session: AsyncSession) -> Seals:
    """The seals of this transaction. Raises Invalid if its database was opened without a vault."""
    if _SEALS not in session.info:
        if _MAKE not in session.info:
            raise Invalid("this database was opened without a vault")
        session.info[_SEALS] = session.info[_MAKE]()
    found: Seals = session.info[_SEALS]
    return found


def enciphers(session: AsyncSession, keyring: Keyring) -> Enciphers:
    """The seals of this transaction; the keyring alone if there is no vault."""
    return seals_of(session) if _MAKE in session.info else keyring
