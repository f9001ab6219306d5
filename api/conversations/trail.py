"""The trail of a conversation: recent prompts and when, so that a late message or a reply finds the question it
answers.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, NamedTuple

from api.channel import Incoming
from api.consultations.content import QuestionContent
from api.conversations.agent_sessions import serial_of
from api.conversations.models import Conversation

_KEPT = 12  # prompts kept per conversation; an answer to an older one is asked back
_IDS = 6  # message ids kept per prompt
_STOPPED = "stopped"


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
        """Serial of the person being helped, id of the question, value of the statement; "" for each that does not
        apply.
        """
        owner, _, rest = self.base.partition(":")
        serial, rest = (rest.partition(":")[0], rest.partition(":")[2]) if owner == "as" else ("", self.base)
        if not rest.startswith("q:"):
            return "", "", ""
        number, _, value = rest.removeprefix("q:").partition(":")
        return serial, number, value


def read(at: Conversation) -> tuple[Prompt, ...]:
    """The prompts, oldest first; the last one is current."""
    return tuple(
        Prompt(
            name, _moment(asked_at), tuple(message_ids), sent_at and _moment(sent_at), *rest[:3], *map(_parts, rest[3:])
        )
        for name, asked_at, message_ids, sent_at, *rest in at.trail or ()
    )


def _parts(rows: list[list[Any]]) -> tuple[AnswerPart, ...]:
    return tuple(AnswerPart(*row) for row in rows)


def write(at: Conversation, prompts: tuple[Prompt, ...]) -> None:
    """Store the newest prompts."""
    at.trail = [
        [
            prompt.name,
            prompt.at.timestamp(),
            list(prompt.message_ids),
            prompt.sent_at and prompt.sent_at.timestamp(),
            prompt.length,
            prompt.ends_with_space,
            prompt.inbound_id,
            [list(part) for part in prompt.parts],
        ]
        for prompt in prompts[-_KEPT:]
    ]


def prompt_name(at: Conversation, question: QuestionContent | None, *, gone: bool, free: bool) -> str:
    """The name of what is asked now. It stays the same as long as the same answer would mean the same.

    `gone`: the resident stopped. `free`: free text is expected.
    """
    if gone:
        return _STOPPED
    keys = [choice.key for choice in at.offered if not choice.action]
    if question is None:
        prompt = at.step if free or not keys else f"{at.step}:{keys[0]}:{len(keys)}"
    else:
        prompt = f"q:{question.id}" + (f":{keys[0].split(':', 2)[-1]}" if question.one_by_one and keys else "")
        serial = serial_of(at.assisting)
        prompt = f"as:{serial}:{prompt}" if serial else prompt
    return f"{prompt}?" if at.guess else prompt


def note_prompt(
    at: Conversation, name: str, *, consultation_id: int | None, now: datetime, inbound_id: int = 0
) -> None:
    """Record what is asked from now on, after the message `inbound_id` (0 if that got no reply).

    If nothing new is asked, only the message id changes: a repeated message gets the newest reply.

    Earlier questions of another consultation, or for another person being helped, take no more answers.
    """
    prompts = read(at)
    if prompts and prompts[-1].name == name and not at.guess:
        if inbound_id:
            write(at, (*prompts[:-1], replace(prompts[-1], inbound_id=inbound_id)))
        return
    prompt = Prompt(name, now, inbound_id=inbound_id)
    if consultation_id is not None and prompt.question[1]:
        prompts = prompts if at.trail_of == consultation_id else tuple(map(_expired, prompts))
        at.trail_of = consultation_id
    former = at.assisting.last if at.assisting is not None else None
    last = former.person.serial if former is not None else ""  # more of their last text may still come
    prompts = tuple(each if each.question[0] in ("", prompt.question[0], last) else _expired(each) for each in prompts)
    write(at, (*prompts, prompt))


def note_message(
    at: Conversation,
    prompt: Prompt,
    incoming: Incoming,
    *,
    free: bool = False,
    parts: tuple[AnswerPart, ...] | None = None,
) -> None:
    """Record a message received at one of the prompts; `free` if it answered as free text.

    `parts` are the messages that make up the answer, if they changed.
    """
    message_id = incoming.message_id
    message_ids = (
        prompt.message_ids
        if message_id is None or message_id in prompt.message_ids
        else (*prompt.message_ids, message_id)[-_IDS:]
    )
    updated = replace(prompt, message_ids=tuple(filter(None, message_ids)), sent_at=incoming.sent_at or prompt.sent_at)
    if free:
        updated = replace(updated, length=len(incoming.text), ends_with_space=incoming.text[-1:].isspace())
    if parts is not None:
        updated = replace(updated, parts=parts[-_IDS:])
    write(at, tuple(updated if each == prompt else each for each in read(at)))


def _expired(prompt: Prompt) -> Prompt:
    return replace(prompt, name="", message_ids=(), parts=()) if prompt.question[1] else prompt


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
