"""Finds which messages make up an answer, so that an edit changes only the part that its message gave.

Pure functions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from api.channel import Incoming, Kind
from api.consultations.content import POINTS, TEXT, QuestionContent
from api.consultations.option_values import points
from api.conversations.trail_prompt import AnswerPart, Prompt
from api.dialogue.attribution.provenance import is_cut
from api.dialogue.question_kinds.kind import Values, value_of
from api.dialogue.turn import Utterance
from api.dialogue.voting.buttons import WAYS_OUT

_TAP = "tap"  # stands in place of a message id if choices were tapped


def prompt_of(prompts: Sequence[Prompt], key: str) -> Prompt:
    """Return the newest prompt that asked the question of this choice ("12:yes").

    If there is none, return the current prompt.
    """
    number = key.partition(":")[0]
    same = [each for each in prompts if number and each.question[1] == number]
    return same[-1] if same and prompts[-1].question[1] != number else prompts[-1]


def parts_after_answer(prompt: Prompt, incoming: Incoming, utterance: Utterance) -> tuple[AnswerPart, ...] | None:
    """Return the messages that make up the answer, including this new one; None if this message is not an answer."""
    message_id = incoming.message_id or ""
    if utterance.value is not None:
        return (AnswerPart(message_id, len(incoming.text.strip())),)
    is_choice = utterance.choice_of("q") is not None and value_of(utterance.key) not in WAYS_OUT
    return (*prompt.parts, AnswerPart(message_id, 0)) if is_choice else None


def parts_after_tap(prompt: Prompt, utterance: Utterance) -> tuple[AnswerPart, ...] | None:
    """Return the messages that make up the answer, with a mark for this tap at the end.

    If no mark is needed, return None.
    """
    is_choice = utterance.choice_of("q") is not None and value_of(utterance.key) not in WAYS_OUT
    # needed only if the tap chooses something, after a message that is part of the answer
    return (
        (*prompt.parts, AnswerPart(_TAP, 0))
        if is_choice and prompt.parts and prompt.parts[-1].message_id != _TAP
        else None
    )


def parts_after_amendment(prompt: Prompt, incoming: Incoming, *, joins: bool, first: bool) -> tuple[AnswerPart, ...]:
    """Return the messages that make up the answer, after this message changed an earlier answer.

    If the order of the messages is unknown, the result is empty.
    """
    message_id, letters = incoming.message_id or "", len(incoming.text.strip()) if prompt.length else 0
    if incoming.kind is Kind.EDITED and any(part.message_id == message_id for part in prompt.parts):
        return tuple(part._replace(length=letters) if part.message_id == message_id else part for part in prompt.parts)
    if first:
        return ()
    return (
        (*prompt.parts, AnswerPart(message_id, letters, separator(prompt)))
        if joins and prompt.parts
        else (AnswerPart(message_id, letters),)
    )


def separator(prompt: Prompt) -> str:
    """Return what joins this part of a text to the next: a space, or "" if a phone cut a long message there."""
    return "" if is_cut(prompt.length) and not prompt.ends_with_space else " "


def is_full(prompt: Prompt) -> bool:
    """Whether part of this prompt's text answer was refused as too long. More text would then leave a gap."""
    return prompt.length < 0


def mark_full(prompts: Sequence[Prompt], prompt: Prompt) -> tuple[Prompt, ...]:
    """Return the prompts with this one marked as full, because part of its text answer was refused."""
    return tuple(replace(each, length=-1) if each == prompt else each for each in prompts)


def apply_edit(
    prompts: Sequence[Prompt],
    prompt: Prompt,
    message_id: str | None,
    question: QuestionContent,
    before: Values,
    new: Values,
) -> Values | None:
    """Return the answer after an edited message; None if the answer stays as it is.

    `prompt` is the prompt at which the edited message was received. `before` is the answer that counts now.
    """
    if question.one_by_one:
        return new
    answered = [each for each in prompts if each.parts and each.question == prompt.question]
    if not answered or not before:
        return new
    newest = answered[-1]
    # only the part that the edited message gave is replaced
    if question.kind == TEXT and prompt == newest and len(prompt.parts) > 1:
        whole = _with_part(newest, message_id, before[0], new[0])
        return None if whole is None else (whole,)
    # We do not store which message gave which choice, so a shared answer changes only as a whole.
    shared = any(part.message_id != message_id for part in newest.parts)
    if question.several and shared and not _is_whole(question, new):
        return None
    return new if _is_newest(prompts, prompt, newest, message_id) else None


def _is_whole(question: QuestionContent, new: Values) -> bool:
    """Whether the answer is complete, so that no choice could be added."""
    return sum(map(points, new)) == question.total if question.kind == POINTS else len(new) >= question.most


def _with_part(prompt: Prompt, message_id: str | None, whole: str, text: str) -> str | None:
    """Return the whole text with this message's part replaced, if the parts can be told apart."""
    if sum(len(part.separator) + part.length for part in prompt.parts) != len(whole):
        return None
    start = 0
    for part in prompt.parts:
        start += len(part.separator)
        if part.message_id == message_id:
            return whole[:start] + text + whole[start + part.length :]
        start += part.length
    return None


def _is_newest(prompts: Sequence[Prompt], prompt: Prompt, newest: Prompt, message_id: str | None) -> bool:
    """Whether no message or tap after this message answered the question."""
    if prompt != newest:
        return prompts.index(prompt) > prompts.index(newest)
    last = newest.parts[-1].message_id
    if last == _TAP:
        return False
    return (
        last not in prompt.message_ids
        or message_id not in prompt.message_ids
        or prompt.message_ids.index(message_id) >= prompt.message_ids.index(last)
    )
