"""Finds the prompt that a message answers: the one its author saw while writing. It may not be the current one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from api.channel import Pointer
from api.conversations.trail_prompt import Prompt

# A provider's clock may be this far behind ours. If a message was sent this shortly before a prompt, it may answer
# this prompt or the one before, so we ask which is meant.
SKEW = timedelta(seconds=2)


def prompt_on_screen(prompts: Sequence[Prompt], sent_at: datetime | None) -> Prompt | None:
    """Return the prompt that was on the screen when a message was sent; None if that is uncertain.

    Times are compared in whole seconds, as providers report them. If a message has the same second as a prompt, it
    answers that prompt. If `sent_at` is unknown, the current prompt is returned.
    """
    if sent_at is None:
        return prompts[-1]
    sent_at = _whole(sent_at)
    before = [each for each in prompts if _whole(each.at) <= sent_at]
    if not before:
        return None
    following = prompts[len(before)] if len(before) < len(prompts) else None
    return None if following is not None and sent_at >= _whole(following.at) - SKEW else before[-1]


def prompt_replied_to(prompts: Sequence[Prompt], pointer: Pointer, offered: Sequence[str]) -> Prompt | None:
    """Return the prompt in our message that the resident replied to; None if it is unknown.

    The prompt is found by the choices in our message or, without choices, by the time of sending. `offered` are the
    keys of the choices offered now.
    """
    if any(key in offered for key in pointer.keys):
        return prompts[-1]
    for key in pointer.keys:
        prompt = Prompt(key, pointer.sent_at)
        if prompt.question[1]:
            return _same(prompts, prompt)
    return None if pointer.keys else prompt_on_screen(prompts, pointer.sent_at)


def prompt_of_message(prompts: Sequence[Prompt], message_id: str | None) -> Prompt | None:
    """Return the prompt at which the resident's earlier message was received; None if it is not remembered."""
    return next((each for each in reversed(prompts) if message_id in each.message_ids), None) if message_id else None


def is_cut(letters: int) -> bool:
    """Whether a text of this length may be one part of a longer text sent as several SMS.

    One SMS has 160 characters, or 70 in UCS-2. Parts of a long SMS are a little shorter (GSM 03.40, 9.2.3.24). Some
    characters count twice, which makes a part shorter still.
    """
    return 145 <= letters <= 160 or 63 <= letters <= 70


def _same(prompts: Sequence[Prompt], prompt: Prompt) -> Prompt | None:
    """Return the newest remembered prompt for the same question, or else `prompt` itself."""
    serial, number, value = prompt.question
    same_question = [each for each in prompts if each.question[:2] == (serial, number)]
    if value.count(":"):  # for a statement, look for the prompt of that same statement
        same_question = [
            each for each in same_question if each.question[2].partition(":")[0] == value.partition(":")[0]
        ]
    return same_question[-1] if same_question else prompt


def _whole(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)
