"""Which prompt a message answers: the one its author saw while writing, not the one that happens to be current."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from api.channel import Pointer
from api.conversations.trail_prompt import Prompt

# A provider's clock may be this far behind ours. A message sent this shortly before a prompt is asked back, since it
# may answer this one or the one before.
SKEW = timedelta(seconds=2)


def prompt_on_screen(prompts: Sequence[Prompt], sent_at: datetime | None) -> Prompt | None:
    """The prompt on the screen when a message was sent; None if that cannot be told.

    Moments are compared in whole seconds, as providers report them, so an answer in the same second as its prompt is
    not too early. Without a moment, it is the current prompt.
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
    """The prompt of our message, found by its choices or else by when it was sent; None if unknown.

    `offered` are the keys on offer now.
    """
    if any(key in offered for key in pointer.keys):
        return prompts[-1]
    for key in pointer.keys:
        prompt = Prompt(key, pointer.sent_at)
        if prompt.question[1]:
            return _same(prompts, prompt)
    return None if pointer.keys else prompt_on_screen(prompts, pointer.sent_at)


def prompt_of_message(prompts: Sequence[Prompt], message_id: str | None) -> Prompt | None:
    """The prompt at which an earlier message of theirs was received; None if that is not remembered."""
    return next((each for each in reversed(prompts) if message_id in each.message_ids), None) if message_id else None


def is_cut(letters: int) -> bool:
    """Whether a text of this length may be one part of a longer one: an SMS has 160 characters, or 70 in UCS-2.

    The parts of a concatenated SMS are a little shorter (GSM 03.40, 9.2.3.24), and characters that count twice make
    them shorter still.
    """
    return 145 <= letters <= 160 or 63 <= letters <= 70


def _same(prompts: Sequence[Prompt], prompt: Prompt) -> Prompt | None:
    """The newest prompt for this question, or a new one if it was asked too long ago."""
    serial, number, value = prompt.question
    same_question = [each for each in prompts if each.question[:2] == (serial, number)]
    if value.count(":"):  # of a statement: its own prompt, not the newest
        same_question = [
            each for each in same_question if each.question[2].partition(":")[0] == value.partition(":")[0]
        ]
    return same_question[-1] if same_question else prompt


def _whole(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)
