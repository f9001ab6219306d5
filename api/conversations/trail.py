"""The trail of a conversation: its most recent prompts, such as questions that the service asked.

A late message, or a reply to an older message, is matched with the prompt in the trail that it answers.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from api.channel import Incoming
from api.consultations.content import QuestionContent
from api.conversations.agent_sessions import serial_of
from api.conversations.models import Conversation
from api.conversations.trail_prompt import AnswerPart, Prompt, dump, load

_KEPT = 12  # prompts kept per conversation; residents are asked which older one an answer means
_IDS = 6  # message ids kept per prompt
_STOPPED = "stopped"


def read(conversation: Conversation) -> tuple[Prompt, ...]:
    """Return the prompts in the trail, oldest first. The last one is current."""
    return tuple(map(load, conversation.trail or ()))


def write(conversation: Conversation, prompts: tuple[Prompt, ...]) -> None:
    """Store the newest of these prompts as the trail."""
    conversation.trail = [dump(prompt) for prompt in prompts[-_KEPT:]]


def prompt_name(conversation: Conversation, question: QuestionContent | None, *, gone: bool, free: bool) -> str:
    """Return the name of the prompt that the conversation now waits on.

    If every answer means the same in reply to two prompts, they have the same name. If the resident stopped or
    declined, `gone` is true. If free text is expected, `free` is true.
    """
    if gone:
        return _STOPPED
    keys = [choice.key for choice in conversation.offered if not choice.action]
    if question is None:
        prompt = conversation.step if free or not keys else f"{conversation.step}:{keys[0]}:{len(keys)}"
    else:
        prompt = f"q:{question.id}" + (f":{keys[0].split(':', 2)[-1]}" if question.one_by_one and keys else "")
        serial = serial_of(conversation.assisting)
        prompt = f"as:{serial}:{prompt}" if serial else prompt
    return f"{prompt}?" if conversation.guess else prompt


def note_prompt(
    conversation: Conversation, name: str, *, consultation_id: int | None, now: datetime, inbound_id: int = 0
) -> None:
    """Add the current prompt to the trail.

    `inbound_id` is the incoming message that this prompt replies to; 0 if there is none.
    """
    prompts = read(conversation)
    # the same prompt again: if the message is repeated, it gets this newest reply
    if prompts and prompts[-1].name == name and not conversation.guess:
        if inbound_id:
            write(conversation, (*prompts[:-1], replace(prompts[-1], inbound_id=inbound_id)))
        return
    prompt = Prompt(name, now, inbound_id=inbound_id)
    if consultation_id is not None and prompt.question[1]:
        # questions of another consultation accept no more answers ...
        prompts = prompts if conversation.trail_of == consultation_id else tuple(map(_expired, prompts))
        conversation.trail_of = consultation_id
    former = conversation.assisting.last if conversation.assisting is not None else None
    last = former.person.serial if former is not None else ""  # more of that person's last text may still arrive
    # ... nor do questions asked for another person
    prompts = tuple(each if each.question[0] in ("", prompt.question[0], last) else _expired(each) for each in prompts)
    write(conversation, (*prompts, prompt))


def note_message(
    conversation: Conversation,
    prompt: Prompt,
    incoming: Incoming,
    *,
    free: bool = False,
    parts: tuple[AnswerPart, ...] | None = None,
) -> None:
    """Record a message that was received while this prompt was the newest.

    If the message answered with free text, `free` is true. `parts` are the messages that now make up the answer; None
    leaves them as they were.
    """
    message_ids = prompt.message_ids
    if incoming.message_id is not None and incoming.message_id not in message_ids:
        message_ids = (*message_ids, incoming.message_id)[-_IDS:]
    updated = replace(prompt, message_ids=tuple(filter(None, message_ids)), sent_at=incoming.sent_at or prompt.sent_at)
    if free:
        updated = replace(updated, length=len(incoming.text), ends_with_space=incoming.text[-1:].isspace())
    if parts is not None:
        updated = replace(updated, parts=parts[-_IDS:])
    write(conversation, tuple(updated if each == prompt else each for each in read(conversation)))


def _expired(prompt: Prompt) -> Prompt:
    return replace(prompt, name="", message_ids=(), parts=()) if prompt.question[1] else prompt
