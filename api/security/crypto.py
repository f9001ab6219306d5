"""Secrets at rest: addresses and replies enciphered, addresses found again by a keyed hash."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from api.errors import Invalid

_NONCE = 12  # bytes; NIST SP 800-38D recommends 96 bits for AES-GCM
_KEY = 32


class Keyring:
    """The service's keys: the first enciphers, all decipher, one more makes blind indexes.

    A ciphertext is one byte that names its key, a nonce and the sealed text, so keys can be rotated one row at a time.
    """

    def __init__(self, keys: dict[int, bytes], *, index_key: bytes) -> None:
        """`keys` by id (0 to 255), newest first, 32 bytes each."""
        if not keys or any(len(key) != _KEY for key in (*keys.values(), index_key)):
            raise Invalid("every key is 32 bytes, and there is at least one")
        self._current = next(iter(keys))
        self._seals = dict(keys)
        self._index_key = index_key

    @classmethod
    def parse(cls, text: str) -> Keyring:
        """Read `index:BASE64,1:BASE64,0:BASE64` (newest numbered key first). Raises Invalid with what is wrong."""
        found: dict[str, bytes] = {}
        for entry in filter(None, (part.strip() for part in text.split(","))):
            name, _, value = entry.partition(":")
            try:
                found[name] = base64.b64decode(value, validate=True)
            except binascii.Error:
                raise Invalid("a key is not base64") from None
        if "index" not in found or any(name != "index" and not name.isdigit() for name in found):
            raise Invalid("the keys are 'index:…' and at least one 'NUMBER:…'")
        index_key = found.pop("index")
        return cls({int(name): key for name, key in found.items()}, index_key=index_key)

    @staticmethod
    def generate() -> str:
        """A new keyring as text, to be kept secret and backed up."""
        return ",".join(f"{name}:{base64.b64encode(os.urandom(_KEY)).decode()}" for name in ("index", "1"))

    @property
    def current(self) -> int:
        """The number of the key that enciphers."""
        return self._current

    def encipher(self, text: str, *, purpose: str) -> bytes:
        """Seal a text. `purpose` must be given again to open it, so that a value cannot be moved between columns."""
        key = self._seals[self._current]
        return bytes([self._current]) + encrypt(key, text.encode(errors="replace"), purpose=purpose)

    def decipher(self, sealed: bytes, *, purpose: str) -> str:
        """Open a sealed text. Raises Invalid if its key is gone or it was tampered with."""
        seal = self._seals.get(sealed[0])
        if seal is None:
            raise Invalid("a value was enciphered with a key that is no longer there")
        return decrypt(seal, sealed[1:], purpose=purpose).decode()

    def blind_index(self, channel: str, address: str) -> bytes:
        """The keyed hash an address is found by: 16 bytes, different on every channel."""
        return hmac.digest(self._index_key, f"{channel}\x00{address}".encode(), hashlib.sha256)[:16]

    def keyed(self, content: bytes) -> bytes:
        """The keyed hash of any bytes: 16 bytes that tell whether others are the same, and nothing else of them."""
        return hmac.digest(self._index_key, b"content\x00" + content, hashlib.sha256)[:16]


def encrypt(key: bytes, content: bytes, *, purpose: str) -> bytes:
    """Seal bytes under a key of 32 bytes: a nonce, then AES-GCM. `purpose` is bound to them, and not kept."""
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(key).encrypt(nonce, content, purpose.encode())


def decrypt(key: bytes, sealed: bytes, *, purpose: str) -> bytes:
    """Open what `encrypt` sealed. Raises Invalid for another key or purpose, or if it was tampered with."""
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], purpose.encode())
    except InvalidTag:
        raise Invalid("an enciphered value cannot be opened") from None


def voter_token(secret: bytes, resident_id: int) -> bytes:
    """Who cast a ballot, for one consultation only: useless once that consultation's secret is destroyed."""
    return hmac.digest(secret, resident_id.to_bytes(8, "big"), hashlib.sha256)
