"""What the dialogue needs to know about a kind of question."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from api.channel import Choice
from api.consultations.content import QuestionContent
from api.dialogue.understand.expected import Reads
from api.i18n import Voice

Values = tuple[str, ...]


def toggled(_question: QuestionContent, before: Values, value: str) -> Values:
    """The values with this one added, or removed if it was among them."""
    return tuple(each for each in before if each != value) if value in before else (*before, value)


def joined(_question: QuestionContent, before: Values, typed: Values) -> Values:
    """The values so far, followed by the new ones."""
    return (*before, *(each for each in typed if each not in before))


def renewed(question: QuestionContent, before: Values, typed: Values, ticks: bool) -> Values:
    """The values after a new answer is typed: added to choices that are shown ticked, else replacing them.

    If only one may be chosen, it replaces the one before.
    """
    return joined(question, before, typed) if ticks and not question.one_choice else typed


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of question.

    `choices` are what a resident can tap, given the values chosen so far. `expects` says in a sentence what to answer.
    `reads` says how typed words are read. A kind that `gathers` takes tap after tap until "done": `adds` gives the
    values after a tap, `joins` those after typing more just after the last choice, and `renews` those after typing a
    new answer some time later, where the earlier one was shown with `ticks` or not.
    """

    choices: Callable[[QuestionContent, Voice, Sequence[str]], tuple[Choice, ...]]
    expects: Callable[[QuestionContent, Voice], str]
    reads: Reads
    gathers: bool = False
    adds: Callable[[QuestionContent, Values, str], Values] = field(default=toggled)
    joins: Callable[[QuestionContent, Values, Values], Values] = field(default=joined)
    renews: Callable[[QuestionContent, Values, Values, bool], Values] = field(default=renewed)


def key(question: QuestionContent, value: str) -> str:
    """The key of one choice of a question; at most 64 bytes, the limit of Telegram's buttons."""
    return f"q:{question.id}:{value}"


def value_of(choice_key: str) -> str:
    """The value in a choice's key; "" if the key is not of a question."""
    return choice_key.split(":", 2)[2] if choice_key.count(":") > 1 else ""
