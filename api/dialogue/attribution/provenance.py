"""Which question a message answers: the one its author saw when they wrote it, not the one that happens to be open."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from api.channel import Pointer
from api.conversations.trail import Prompt

# A provider's clock may be this much behind ours. What was sent as little before a question is asked back, for it may
# answer this one or the one before.
SKEW = timedelta(seconds=2)


def prompt_on_screen(prompts: Sequence[Prompt], sent_at: datetime | None) -> Prompt | None:
    """The question on the screen when something was sent; None if that cannot be told.

    Moments are compared by whole seconds, which is all that providers tell: an answer in the very second of its
    question is none too early. Without a moment it is the present question.
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
    """The question that a message of ours asked, by the choices below it or else by when it went out; None if unknown.

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
    """The question at which an earlier message of theirs was heard; None if it is not remembered."""
    return next((each for each in reversed(prompts) if message_id in each.message_ids), None) if message_id else None


def is_cut(letters: int) -> bool:
    """Whether a text of so many letters may be one part of a longer one: an SMS takes 160, or 70 in other letters.

    A part of several is a little shorter (GSM 03.40, 9.2.3.24), and letters that count twice make it shorter still.
    """
    return 145 <= letters <= 160 or 63 <= letters <= 70


def _same(prompts: Sequence[Prompt], prompt: Prompt) -> Prompt | None:
    """The newest entry of this question, or one made for it where it was asked too long ago."""
    serial, number, value = prompt.question
    same_question = [each for each in prompts if each.question[:2] == (serial, number)]
    if value.count(":"):  # of a statement: its own, not the newest
        same_question = [
            each for each in same_question if each.question[2].partition(":")[0] == value.partition(":")[0]
        ]
    return same_question[-1] if same_question else prompt


def _whole(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)
