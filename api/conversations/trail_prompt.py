"""A prompt in the trail of a conversation, and how the row stores it: as a JSON list of its fields, in their order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple


class AnswerPart(NamedTuple):
    """A message that gave an answer, or one part of a text: its length, and what separates it from the part before."""

    message_id: str
    length: int
    separator: str = ""


@dataclass(frozen=True, slots=True)
class Prompt:
    """Something we asked. The text of the answer is not stored.

    `name` identifies it ("q:12", "consent:…"); it is "" once it takes no more answers. A "?" at its end means that a
    choice was asked back with it; which one is not stored.

    `message_ids` are the messages received while it was the newest prompt; `sent_at` is when the newest of them was
    sent. `length` is that of the last free text that answered it (-1 if a part was refused, so that nothing may be
    joined to it), and `ends_with_space` whether that text ended in a space.
    """

    name: str
    at: datetime
    message_ids: tuple[str, ...] = ()
    sent_at: datetime | None = None
    length: int = 0
    ends_with_space: bool = False
    inbound_id: int = 0  # the newest message it followed
    parts: tuple[AnswerPart, ...] = ()  # the messages that gave the answer, as far as known

    @property
    def base(self) -> str:
        """The name without the mark for a choice asked back."""
        return self.name.removesuffix("?")

    @property
    def question(self) -> tuple[str, str, str]:
        """Serial of the person being helped, id of the question, value of the statement; "" if there is none."""
        owner, _, rest = self.base.partition(":")
        serial, rest = (rest.partition(":")[0], rest.partition(":")[2]) if owner == "as" else ("", self.base)
        if not rest.startswith("q:"):
            return "", "", ""
        number, _, value = rest.removeprefix("q:").partition(":")
        return serial, number, value


def load(stored: Sequence[Any]) -> Prompt:
    """Read a prompt from JSON. Rows of older releases have fewer fields."""
    name, asked_at, message_ids, sent_at, *rest = stored
    parts = (tuple(AnswerPart(*row) for row in rows) for rows in rest[3:])
    return Prompt(name, _moment(asked_at), tuple(message_ids), sent_at and _moment(sent_at), *rest[:3], *parts)


def dump(prompt: Prompt) -> list[Any]:
    """Write a prompt as JSON."""
    return [
        prompt.name,
        prompt.at.timestamp(),
        list(prompt.message_ids),
        prompt.sent_at and prompt.sent_at.timestamp(),
        prompt.length,
        prompt.ends_with_space,
        prompt.inbound_id,
        [list(part) for part in prompt.parts],
    ]


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
