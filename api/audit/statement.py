"""A checkpoint as a document: what is signed and with which key. Signing and checking need no database."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pydantic import BaseModel, ConfigDict, ValidationError

from api.audit import chain
from api.errors import Invalid

PURPOSE = "record"  # of the key that signs checkpoints
_PEM = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA{}\n-----END PUBLIC KEY-----\n"  # RFC 8410: the key follows
_SIGNED = ("head", "origin", "seq", "time")


class CheckpointOut(BaseModel):
    """A signed statement that this service's record ended with a certain row and hash at a certain time."""

    model_config = ConfigDict(extra="forbid", strict=True)

    origin: str
    seq: int
    head: str
    time: str
    key: str
    signature: str

    @property
    def signed(self) -> bytes:
        """The signed bytes: canonical JSON of all fields except `key` and `signature`."""
        return chain.canonical({name: getattr(self, name) for name in _SIGNED})


@dataclass(frozen=True, slots=True)
class Signed:
    """A signature and the public key that verifies it, both in base64."""

    key: str
    signature: str


def sign(private: Ed25519PrivateKey, *, origin: str, seq: int, head: str, at: datetime) -> Signed:
    """Sign the statement that the record ended with row `seq` and hash `head` at the time `at`."""
    fields: dict[str, Any] = {"origin": origin, "seq": seq, "head": head, "time": chain.instant(at)}
    signature = private.sign(chain.canonical(fields))
    return Signed(_text(private.public_key().public_bytes_raw()), _text(signature))


def public_key(private: Ed25519PrivateKey) -> str:
    """Return the public key that belongs to a private key, as PEM."""
    return pem(_text(private.public_key().public_bytes_raw()))


def pem(key: str) -> str:
    """Convert a public key from base64 to PEM, a format that openssl reads."""
    return _PEM.format(key)


def parse(text: str) -> CheckpointOut:
    """Return the checkpoint in a JSON text. Raises Invalid if the text is not a checkpoint."""
    try:
        return CheckpointOut.model_validate(json.loads(text))
    except (ValueError, ValidationError, RecursionError):
        raise Invalid(
            "this is not a checkpoint: a checkpoint has the fields origin, seq, head, time, key and signature"
        ) from None


def check(checkpoint: CheckpointOut, key: str | None = None) -> None:
    """Raise Invalid if a checkpoint's signature is wrong. With `key` (PEM), only signatures by this key are right."""
    if key is not None and "".join(key.split()) != "".join(checkpoint.key.split()):
        raise Invalid("the checkpoint was signed with another key")
    start, _, end = _PEM.partition("{}")
    body = checkpoint.key.removeprefix(start).removesuffix(end)
    try:
        public = Ed25519PublicKey.from_public_bytes(base64.b64decode(body, validate=True))
        if pem(body) != checkpoint.key:
            raise ValueError
        public.verify(base64.b64decode(checkpoint.signature, validate=True), checkpoint.signed)
    except (InvalidSignature, ValueError, binascii.Error):
        raise Invalid("the signature of the checkpoint is wrong") from None


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode()
