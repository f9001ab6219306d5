"""A prompt in the trail of a conversation. It is stored as a JSON list of its fields, in the order of the class."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple


class AnswerPart(NamedTuple):
    """A message that gave all or part of an answer: its id, its length, and the separator before it."""

    message_id: str
    length: int
    separator: str = ""


@dataclass(frozen=True, slots=True)
class Prompt:
    """A question or message to which the service waits for an answer. The text of the answer is not stored."""

    # "q:12" or "consent:…"; "" once no answer is accepted; a final "?" if it also asked "Did you mean…?"
    name: str
    at: datetime
    message_ids: tuple[str, ...] = ()  # received while this prompt was the newest
    sent_at: datetime | None = None  # when the newest of these was sent
    length: int = 0  # of the last free-text answer; -1 if a part was refused and nothing may be joined
    ends_with_space: bool = False  # of that answer
    inbound_id: int = 0  # the newest message that got this prompt as its reply
    parts: tuple[AnswerPart, ...] = ()  # the messages that make up the answer, as far as known

    @property
    def base(self) -> str:
        """The name without the "?" that marks a "Did you mean…?"."""
        return self.name.removesuffix("?")

    @property
    def question(self) -> tuple[str, str, str]:
        """The serial of the person being helped, the question's id and the statement's value. Missing ones are ""."""
        owner, _, rest = self.base.partition(":")
        serial, rest = (rest.partition(":")[0], rest.partition(":")[2]) if owner == "as" else ("", self.base)
        if not rest.startswith("q:"):
            return "", "", ""
        number, _, value = rest.removeprefix("q:").partition(":")
        return serial, number, value


def load(stored: Sequence[Any]) -> Prompt:
    """Return the prompt stored as this JSON list. Rows of older releases have fewer fields."""
    name, asked_at, message_ids, sent_at, *rest = stored
    parts = (tuple(AnswerPart(*row) for row in rows) for rows in rest[3:])
    return Prompt(name, _moment(asked_at), tuple(message_ids), sent_at and _moment(sent_at), *rest[:3], *parts)


def dump(prompt: Prompt) -> list[Any]:
    """Return the prompt as a JSON list."""
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
