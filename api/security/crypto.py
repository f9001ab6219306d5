"""Encryption of stored secrets with the service's keys, and keyed hashes by which addresses are found."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from api.errors import Invalid

_NONCE = 12  # bytes; NIST SP 800-38D recommends 96 bits for AES-GCM
_KEY = 32  # bytes


class Keyring:
    """The service's keys for encryption, and a separate key for keyed hashes (blind indexes).

    The first key encrypts, and all can decrypt. A ciphertext begins with the id of its key, so that keys can be rotated
    row by row.
    """

    def __init__(self, keys: dict[int, bytes], *, index_key: bytes) -> None:
        """Store the encryption keys of 32 bytes by id (0 to 255), the newest first, and the key of blind indexes."""
        if not keys or any(len(key) != _KEY for key in (*keys.values(), index_key)):
            raise Invalid("SAWT_KEYS needs at least one key, and every key must have 32 bytes")
        self._current = next(iter(keys))
        self._seals = dict(keys)
        self._index_key = index_key

    @classmethod
    def parse(cls, text: str) -> Keyring:
        """Read a keyring from a text such as `index:BASE64,1:BASE64,0:BASE64`, newest key first. Raises Invalid."""
        keys: dict[str, bytes] = {}
        for entry in filter(None, (part.strip() for part in text.split(","))):
            name, _, value = entry.partition(":")
            try:
                keys[name] = base64.b64decode(value, validate=True)
            except binascii.Error:
                raise Invalid("a key in SAWT_KEYS is not valid base64") from None
        if "index" not in keys or any(name != "index" and not name.isdigit() for name in keys):
            raise Invalid("SAWT_KEYS needs 'index:…' and at least one 'NUMBER:…'")
        index_key = keys.pop("index")
        return cls({int(name): key for name, key in keys.items()}, index_key=index_key)

    @staticmethod
    def generate() -> str:
        """Return a new keyring as text. Keep it secret and back it up."""
        return ",".join(f"{name}:{base64.b64encode(os.urandom(_KEY)).decode()}" for name in ("index", "1"))

    @property
    def current(self) -> int:
        """The id of the key that encrypts new values."""
        return self._current

    def encipher(self, text: str, *, purpose: str) -> bytes:
        """Encrypt a text. The same `purpose` is needed to decrypt it, so values cannot be moved between columns."""
        key = self._seals[self._current]
        return bytes([self._current]) + encrypt(key, text.encode(errors="replace"), purpose=purpose)

    def decipher(self, sealed: bytes, *, purpose: str) -> str:
        """Decrypt a text. Raises Invalid if the key is missing, or if the ciphertext was altered."""
        key = self._seals.get(sealed[0])
        if key is None:
            raise Invalid("a value was encrypted with a key that is no longer in SAWT_KEYS")
        return decrypt(key, sealed[1:], purpose=purpose).decode()

    def blind_index(self, channel: str, address: str) -> bytes:
        """Return the keyed hash by which an address is found. It has 16 bytes and differs between channels."""
        return hmac.digest(self._index_key, f"{channel}\x00{address}".encode(), hashlib.sha256)[:16]

    def keyed(self, content: bytes) -> bytes:
        """Return the keyed hash of any bytes. It has 16 bytes that show only whether two contents are equal."""
        return hmac.digest(self._index_key, b"content\x00" + content, hashlib.sha256)[:16]

    def signing_key(self, purpose: str) -> Ed25519PrivateKey:
        """Return the Ed25519 key that signs for a purpose. It is derived from the index key, which is never rotated."""
        derived = HKDF(SHA256(), length=_KEY, salt=None, info=f"sawt signs: {purpose}".encode())
        return Ed25519PrivateKey.from_private_bytes(derived.derive(self._index_key))


def encrypt(key: bytes, content: bytes, *, purpose: str) -> bytes:
    """Encrypt bytes with a 32-byte key; return a nonce followed by AES-GCM ciphertext.

    `purpose` is not stored, but decryption fails unless the same `purpose` is given.
    """
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(key).encrypt(nonce, content, purpose.encode())


def decrypt(key: bytes, sealed: bytes, *, purpose: str) -> bytes:
    """Decrypt a result of `encrypt`. Raises Invalid if the key or purpose differs, or if the data was altered."""
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], purpose.encode())
    except InvalidTag:
        raise Invalid("an encrypted value cannot be decrypted: it was altered, or the key is wrong") from None


def voter_token(secret: bytes, resident_id: int) -> bytes:
    """Return the token of a resident's ballot in one consultation.

    Once the consultation's secret is destroyed, nobody can link the token to the resident.
    """
    return hmac.digest(secret, resident_id.to_bytes(8, "big"), hashlib.sha256)
