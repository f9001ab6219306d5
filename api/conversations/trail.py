"""What a conversation asked lately, and when, so that a late message or a reply finds the question its author saw."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, NamedTuple

from api.channel import Incoming
from api.consultations.content import QuestionContent
from api.conversations.agent_sessions import serial_of
from api.conversations.models import Conversation

_KEPT = 12  # questions of a conversation; what is older is asked back
_IDS = 6  # messages remembered at one question
_STOPPED = "stopped"


class AnswerPart(NamedTuple):
    """A message that gave an answer, or one part of a text: how long that is, and what joins it to the part before."""

    message_id: str
    length: int
    separator: str = ""


@dataclass(frozen=True, slots=True)
class Prompt:
    """One thing that was asked: `what` names it ("q:12", "consent:…"), "" if nothing may be answered there any more; a
    "?" at its end says that a choice was asked back with it; which one is not here.

    `by` are the ids of messages heard while it was the newest question, `heard` is when the newest of them was sent.
    `letters` is the length of the last text that answered it, if it asks for free text, and `gap` whether that ended
    with a blank; the text itself is not here. Below zero they say that a part was refused: nothing joins it any more.
    """

    name: str
    at: datetime
    message_ids: tuple[str, ...] = ()
    sent_at: datetime | None = None
    length: int = 0
    ends_with_space: bool = False
    inbound_id: int = 0  # the newest message that it was asked after
    parts: tuple[AnswerPart, ...] = ()  # the messages that gave the answer, as far as they are known

    @property
    def base(self) -> str:
        """The name, whether or not a choice was asked back."""
        return self.name.removesuffix("?")

    @property
    def question(self) -> tuple[str, str, str]:
        """Serial of the person helped, number of the question, and value of the statement; "" for what it has not."""
        owner, _, rest = self.base.partition(":")
        serial, rest = (rest.partition(":")[0], rest.partition(":")[2]) if owner == "as" else ("", self.base)
        if not rest.startswith("q:"):
            return "", "", ""
        number, _, value = rest.removeprefix("q:").partition(":")
        return serial, number, value


def read(at: Conversation) -> tuple[Prompt, ...]:
    """What was asked, oldest first; the last is the present question."""
    return tuple(
        Prompt(
            name, _moment(asked_at), tuple(message_ids), sent_at and _moment(sent_at), *rest[:3], *map(_parts, rest[3:])
        )
        for name, asked_at, message_ids, sent_at, *rest in at.trail or ()
    )


def _parts(rows: list[list[Any]]) -> tuple[AnswerPart, ...]:
    return tuple(AnswerPart(*row) for row in rows)


def write(at: Conversation, prompts: tuple[Prompt, ...]) -> None:
    """Remember what was asked."""
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
    """The name of what is asked now: it stays the same as long as the same answer would mean the same.

    `gone`: the person stopped; `free`: free text is asked for.
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
    """Note that this is asked from now on, after a message of this number, 0 if it got no reply.

    Asking once more changes only the message: a repetition repeats the newest reply, never an older one.

    Questions of another consultation than `of`, and of another person helped, can no longer be answered from afar.
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
    """Note a message that was heard at one of the questions; `free` if it answered as a free text.

    `parts` are the messages that gave the answer, if it is another now.
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
