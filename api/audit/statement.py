"""A checkpoint as a document: what is signed, by which key, and whether the signature is right. Needs no database."""

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
    """A signed statement that the record ended with this row and this hash at this time."""

    model_config = ConfigDict(extra="forbid", strict=True)

    origin: str
    seq: int
    head: str
    time: str
    key: str
    signature: str

    @property
    def signed(self) -> bytes:
        """The bytes that are signed: canonical JSON of all fields except `key` and `signature`."""
        return chain.canonical({name: getattr(self, name) for name in _SIGNED})


@dataclass(frozen=True, slots=True)
class Signed:
    """A signature and the public key that verifies it, both in base64."""

    key: str
    signature: str


def sign(private: Ed25519PrivateKey, *, origin: str, seq: int, head: str, at: datetime) -> Signed:
    """Sign a checkpoint."""
    fields: dict[str, Any] = {"origin": origin, "seq": seq, "head": head, "time": chain.instant(at)}
    signature = private.sign(chain.canonical(fields))
    return Signed(_text(private.public_key().public_bytes_raw()), _text(signature))


def public_key(private: Ed25519PrivateKey) -> str:
    """The public key of a private one, as PEM."""
    return pem(_text(private.public_key().public_bytes_raw()))


def pem(key: str) -> str:
    """A public key in base64 as PEM, which openssl reads."""
    return _PEM.format(key)


def parse(text: str) -> CheckpointOut:
    """Read a checkpoint's JSON. Raises Invalid."""
    try:
        return CheckpointOut.model_validate(json.loads(text))
    except (ValueError, ValidationError, RecursionError):
        raise Invalid(
            "this is not a checkpoint: a checkpoint has the fields origin, seq, head, time, key and signature"
        ) from None


def check(checkpoint: CheckpointOut, key: str | None = None) -> None:
    """Check the signature of a checkpoint, and that it is by `key` (PEM) if one is given. Raises Invalid."""
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
