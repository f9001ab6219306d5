"""What the dialogue must know of a kind of question."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from api.channel import Choice
from api.consultations.content import QuestionContent
from api.dialogue.understand.expected import Reads
from api.i18n import Voice

Values = tuple[str, ...]


def toggled(_question: QuestionContent, before: Values, value: str) -> Values:
    """The values gathered so far with this one more, or without it where it was among them."""
    return tuple(each for each in before if each != value) if value in before else (*before, value)


def joined(_question: QuestionContent, before: Values, typed: Values) -> Values:
    """The values gathered so far, and behind them those that are new."""
    return (*before, *(each for each in typed if each not in before))


def renewed(question: QuestionContent, before: Values, typed: Values, ticks: bool) -> Values:
    """A new answer typed where one was given before: it adds to what is shown ticked; who sees no ticks begins anew.

    Where one may be chosen at most, it takes the place of the one before.
    """
    return joined(question, before, typed) if ticks and not question.one_choice else typed


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of question.

    `choices` are what a person can tap, given the values they chose already; `expects` says in a sentence what to
    answer; `reads` is how typed words are taken; a kind that `gathers` takes one tap after another until "done":
    `adds` says what a tap makes of the values before, `joins` what typed values make of those typed or tapped just
    before, and `renews` what they make of an answer that was given some time ago, shown with `ticks` or not.
    """

    choices: Callable[[QuestionContent, Voice, Sequence[str]], tuple[Choice, ...]]
    expects: Callable[[QuestionContent, Voice], str]
    reads: Reads
    gathers: bool = False
    adds: Callable[[QuestionContent, Values, str], Values] = field(default=toggled)
    joins: Callable[[QuestionContent, Values, Values], Values] = field(default=joined)
    renews: Callable[[QuestionContent, Values, Values, bool], Values] = field(default=renewed)


def key(question: QuestionContent, value: str) -> str:
    """The key of one choice of a question; at most 64 bytes, as Telegram's buttons take."""
    return f"q:{question.id}:{value}"


def value_of(choice_key: str) -> str:
    """The value within a choice's key; "" where it is no key of a question."""
    return choice_key.split(":", 2)[2] if choice_key.count(":") > 1 else ""
