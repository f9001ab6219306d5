"""A reply as it rests in the outbox: enciphered, because it may say what a resident chose.

One that came of a ballot is sealed under the key of its consultation too, which closing destroys: see
`api/security/seals.py`.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from typing import Any

from api.channel import Attachment, Choice, File, Reply, Spot
from api.security.seals import Cipher

_PURPOSE = "delivery"


def seal(seals: Cipher, reply: Reply, *, heard: bytes = b"", about: Any = None) -> bytes:
    """The enciphered text, choices and attachments of a reply; kept as long are `heard`, a hash of what it answers, and
    what its caller notes `about` that, as JSON.

    A picture is left out: it goes along where the reply is sent at once, and what the outbox takes over reads as well
    without.
    """
    held: dict[str, Any] = {"t": reply.text, "c": pack(reply.choices)}
    if reply.attachments:
        held["a"] = [_pack_attachment(each) for each in reply.attachments]
    if heard:
        held["h"] = heard.hex()
    if about is not None:
        held["o"] = about
    return seals.encipher(json.dumps(held, ensure_ascii=False), purpose=_PURPOSE)  # Arabic is a third as long


def unseal(seals: Cipher, sealed: bytes) -> Reply:
    """The reply again. Raises Invalid if its key is gone."""
    found = json.loads(seals.decipher(sealed, purpose=_PURPOSE))
    attachments = tuple(_unpack_attachment(*each) for each in found.get("a", ()))
    return Reply(text=found["t"], choices=unpack(found["c"]), attachments=attachments)


def answered(seals: Cipher, sealed: bytes) -> tuple[bytes, Any]:
    """The hash of what it answers, and what was noted about that. Raises Invalid if its key is gone."""
    found = json.loads(seals.decipher(sealed, purpose=_PURPOSE))
    return bytes.fromhex(found.get("h", "")), found.get("o")


def pack(choices: Sequence[Choice]) -> list[list[Any]]:
    """Choices as JSON holds them."""
    return [
        [choice.key, choice.label, choice.chosen, choice.action, choice.sign, choice.contact, choice.typed, choice.told]
        for choice in choices
    ]


def unpack(packed: Sequence[Sequence[Any]]) -> tuple[Choice, ...]:
    """Choices from JSON."""
    return tuple(Choice(*each) for each in packed)


def _pack_attachment(given: Attachment) -> list[Any]:
    if isinstance(given, File):
        return [given.name, base64.b64encode(given.content).decode()]
    return [given.latitude, given.longitude, given.title, given.address]


def _unpack_attachment(*held: Any) -> Attachment:
    if len(held) == 2:
        return File(name=held[0], content=base64.b64decode(held[1]))
    return Spot(*held)
