"""The content of a queued reply or notification, encrypted because it may reveal a resident's choice.

A reply about a ballot is also encrypted with the key of its consultation, which is destroyed at closing.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from api.channel import Attachment, Choice, File, Reply, Spot
from api.security.seals import Cipher

_PURPOSE = "delivery"


class AnsweredMessage(NamedTuple):
    """A hash of the message that a reply answers (`heard`), and the caller's note about that message."""

    heard: bytes
    about: Any


def seal(seals: Cipher, reply: Reply, *, heard: bytes = b"", about: Any = None) -> bytes:
    """Return a reply's text, choices and attachments, encrypted.

    `heard` is a hash of the message that the reply answers. `about` is the caller's note on that message, as JSON
    values. Both are stored with the reply.
    """
    # no pictures: only an immediate reply has them, and a queued reply is complete without them
    payload: dict[str, Any] = {"t": reply.text, "c": pack(reply.choices)}
    if reply.attachments:
        payload["a"] = [_pack_attachment(each) for each in reply.attachments]
    if heard:
        payload["h"] = heard.hex()
    if about is not None:
        payload["o"] = about
    return seals.encipher(json.dumps(payload, ensure_ascii=False), purpose=_PURPOSE)  # Arabic is only a third as long


def unseal(seals: Cipher, sealed: bytes) -> Reply:
    """Return a reply, decrypted. Raises Invalid if the key is gone."""
    payload = json.loads(seals.decipher(sealed, purpose=_PURPOSE))
    attachments = tuple(_unpack_attachment(*each) for each in payload.get("a", ()))
    return Reply(text=payload["t"], choices=unpack(payload["c"]), attachments=attachments)


def answered(seals: Cipher, sealed: bytes) -> AnsweredMessage:
    """Return what is stored about the message that an encrypted reply answers. Raises Invalid if the key is gone."""
    payload = json.loads(seals.decipher(sealed, purpose=_PURPOSE))
    return AnsweredMessage(bytes.fromhex(payload.get("h", "")), payload.get("o"))


def pack(choices: Sequence[Choice]) -> list[list[Any]]:
    """Convert choices to JSON values."""
    return [
        [choice.key, choice.label, choice.chosen, choice.action, choice.sign, choice.contact, choice.typed, choice.told]
        for choice in choices
    ]


def unpack(packed: Sequence[Sequence[Any]]) -> tuple[Choice, ...]:
    """Convert JSON values to choices."""
    return tuple(Choice(*each) for each in packed)


def _pack_attachment(attachment: Attachment) -> list[Any]:
    if isinstance(attachment, File):
        return [attachment.name, base64.b64encode(attachment.content).decode()]
    return [attachment.latitude, attachment.longitude, attachment.title, attachment.address]


def _unpack_attachment(*fields: Any) -> Attachment:
    if len(fields) == 2:
        return File(name=fields[0], content=base64.b64decode(fields[1]))
    return Spot(*fields)
