"""Questions answered by several of the values offered: several choices, or a ranking."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from api.channel import Choice
from api.consultations.content import QuestionContent
from api.dialogue.question_kinds.kind import Kind, Values, joined, key, value_of
from api.dialogue.question_kinds.single import options
from api.dialogue.understand.expected import Reads
from api.i18n import Voice


def _several(question: QuestionContent, voice: Voice, chosen: Sequence[str]) -> tuple[Choice, ...]:
    return (*_numbered(options(question, voice, chosen)), *done_choice(question, voice, chosen))


def _numbered(offered: Sequence[Choice]) -> tuple[Choice, ...]:
    """Return the choices with their numbers, also on buttons, because hints and DETAIL refer to these numbers."""
    return tuple(replace(choice, sign=str(place)) for place, choice in enumerate(offered, start=1))


def _ranked(question: QuestionContent, voice: Voice, chosen: Sequence[str]) -> tuple[Choice, ...]:
    ranks = {value: rank for rank, value in enumerate(chosen, start=1)}
    choices = tuple(
        with_number(choice, ranks[value_of(choice.key)]) if choice.chosen else choice
        for choice in _numbered(options(question, voice, chosen))
    )
    return (*choices, *done_choice(question, voice, chosen))


def with_number(choice: Choice, number: int) -> Choice:
    """Return the choice with its rank or points added to its label."""
    typed = f"{choice.typed} ({number})" if choice.typed else ""
    return replace(choice, label=f"{choice.label} ({number})", typed=typed)


def done_choice(question: QuestionContent, voice: Voice, chosen: Sequence[str]) -> tuple[Choice, ...]:
    """Return the choice "done", which ends the answer.

    The result is empty until enough is chosen. If the question accepts only one choice, it is always empty.
    """
    if question.one_choice or len(chosen) < question.least:
        return ()
    return (Choice(key(question, "done"), voice("word.done"), action=True),)


def _expects_several(question: QuestionContent, voice: Voice) -> str:
    return voice("expect.several", count=question.most)


def _expects_ranking(question: QuestionContent, voice: Voice) -> str:
    example = " ".join(str(number) for number in (2, 1, *range(3, question.most + 1)))
    return voice("expect.ranking", example=example)


def _added_on(question: QuestionContent, before: Values, typed: Values) -> Values:
    """Return the options chosen before, with the newly typed options added."""
    combined = joined(question, before, typed)
    # if there are too many together, a complete new answer replaces the earlier one
    is_whole = len(typed) > 1 and question.least <= len(typed) <= question.most
    return typed if is_whole and len(combined) > question.most else combined


def _ranked_on(question: QuestionContent, before: Values, typed: Values) -> Values:
    """Return the ranking after more options were typed."""
    # typing the beginning of the ranking again changes nothing: it was probably delivered twice
    ranks_again = any(value in before for value in typed) and typed != before[: len(typed)]
    is_whole = len(typed) > 1 and (ranks_again or len(typed) >= question.most)
    return typed if is_whole else _added_on(question, before, typed)


def _reordered(question: QuestionContent, before: Values, typed: Values, ticks: bool) -> Values:
    """Return the ranking after a new answer: first the typed options, then the others ranked before."""
    if not ticks or question.one_choice:
        return typed
    rest = tuple(value for value in before if value not in typed)
    # if the typed options are all new, they are added at the end
    return (*rest, *typed) if len(rest) == len(before) else (*typed, *rest)


SEVERAL = Kind(choices=_several, expects=_expects_several, reads=Reads.MANY, gathers=True, joins=_added_on)
RANKING = Kind(
    choices=_ranked, expects=_expects_ranking, reads=Reads.MANY, gathers=True, joins=_ranked_on, renews=_reordered
)
