"""What the dialogue needs to know about a kind of question: its choices, and how answers change what is chosen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from api.channel import Choice
from api.consultations.content import QuestionContent
from api.dialogue.understand.expected import Reads
from api.i18n import Voice

Values = tuple[str, ...]


def toggled(_question: QuestionContent, before: Values, value: str) -> Values:
    """If `value` was chosen before, remove it; otherwise add it. Return the values then chosen."""
    return tuple(each for each in before if each != value) if value in before else (*before, value)


def joined(_question: QuestionContent, before: Values, typed: Values) -> Values:
    """Return the values chosen before, followed by the typed values that are new."""
    return (*before, *(each for each in typed if each not in before))


def renewed(question: QuestionContent, before: Values, typed: Values, ticks: bool) -> Values:
    """Return the chosen values after a new answer was typed.

    If the earlier values were shown with ticks and the question accepts several, the typed values are added. Otherwise
    the typed values replace the earlier ones.
    """
    return joined(question, before, typed) if ticks and not question.one_choice else typed


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of question.

    `choices` returns what a resident can tap, given the values chosen so far. `expects` returns a sentence that says
    how to answer. `reads` says how typed words are read. If a kind `gathers`, it accepts one choice after another until
    "done".

    Three functions return the new values. `adds` is called after a tap. `joins` is called if more was typed right after
    the last choice, and `renews` if a new answer was typed later. The last argument of `renews` says whether the
    earlier answer was shown with ticks.
    """

    choices: Callable[[QuestionContent, Voice, Sequence[str]], tuple[Choice, ...]]
    expects: Callable[[QuestionContent, Voice], str]
    reads: Reads
    gathers: bool = False
    adds: Callable[[QuestionContent, Values, str], Values] = field(default=toggled)
    joins: Callable[[QuestionContent, Values, Values], Values] = field(default=joined)
    renews: Callable[[QuestionContent, Values, Values, bool], Values] = field(default=renewed)


def key(question: QuestionContent, value: str) -> str:
    """Return the key of one choice of a question. It has at most 64 bytes, the limit of Telegram's buttons."""
    return f"q:{question.id}:{value}"


def value_of(choice_key: str) -> str:
    """Return the value at the end of a choice's key ("q:12:yes"); "" if it is not a choice of a question."""
    return choice_key.split(":", 2)[2] if choice_key.count(":") > 1 else ""
