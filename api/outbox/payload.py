"""The payload of a queued reply, enciphered because it may reveal a resident's choice.

A reply about a ballot is also sealed under its consultation's key, which is destroyed at closing: see
`api/security/seals.py`.
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
    """A message that was answered: a hash of its text, and the caller's note on it."""

    heard: bytes
    about: Any


def seal(seals: Cipher, reply: Reply, *, heard: bytes = b"", about: Any = None) -> bytes:
    """Encipher a reply's text, choices and attachments.

    `heard`, a hash of the message it answers, and `about`, the caller's JSON note on that message, are kept with
    it. Pictures are left out: they are sent only with an immediate reply, and a queued reply reads well without
    one.
    """
    payload: dict[str, Any] = {"t": reply.text, "c": pack(reply.choices)}
    if reply.attachments:
        payload["a"] = [_pack_attachment(each) for each in reply.attachments]
    if heard:
        payload["h"] = heard.hex()
    if about is not None:
        payload["o"] = about
    return seals.encipher(json.dumps(payload, ensure_ascii=False), purpose=_PURPOSE)  # a third of the length for Arabic


def unseal(seals: Cipher, sealed: bytes) -> Reply:
    """Read a sealed reply. Raises Invalid if its key is gone."""
    payload = json.loads(seals.decipher(sealed, purpose=_PURPOSE))
    attachments = tuple(_unpack_attachment(*each) for each in payload.get("a", ()))
    return Reply(text=payload["t"], choices=unpack(payload["c"]), attachments=attachments)


def answered(seals: Cipher, sealed: bytes) -> AnsweredMessage:
    """The message that a sealed reply answers. Raises Invalid if its key is gone."""
    payload = json.loads(seals.decipher(sealed, purpose=_PURPOSE))
    return AnsweredMessage(bytes.fromhex(payload.get("h", "")), payload.get("o"))


def pack(choices: Sequence[Choice]) -> list[list[Any]]:
    """Choices as JSON."""
    return [
        [choice.key, choice.label, choice.chosen, choice.action, choice.sign, choice.contact, choice.typed, choice.told]
        for choice in choices
    ]


def unpack(packed: Sequence[Sequence[Any]]) -> tuple[Choice, ...]:
    """Choices from JSON."""
    return tuple(Choice(*each) for each in packed)


def _pack_attachment(attachment: Attachment) -> list[Any]:
    if isinstance(attachment, File):
        return [attachment.name, base64.b64encode(attachment.content).decode()]
    return [attachment.latitude, attachment.longitude, attachment.title, attachment.address]


def _unpack_attachment(*fields: Any) -> Attachment:
    if len(fields) == 2:
        return File(name=fields[0], content=base64.b64decode(fields[1]))
    return Spot(*fields)
