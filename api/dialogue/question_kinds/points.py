"""Points shared among options: options have letters ("A5 C3"); taps add points, and finally take them back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from api.channel import Choice
from api.consultations.content import QuestionContent
from api.consultations.option_values import option_of, points, value_for
from api.dialogue.question_kinds.kind import Kind, Values, value_of
from api.dialogue.question_kinds.several import done_choice, with_number
from api.dialogue.question_kinds.single import options
from api.dialogue.understand.expected import Reads
from api.dialogue.understand.values.letters import SIGNS
from api.i18n import Voice

_TAPS = 10  # taps needed to give the whole total


def _shared(question: QuestionContent, voice: Voice, chosen: Sequence[str]) -> tuple[Choice, ...]:
    points_by_option = {option_of(value): points(value) for value in chosen}
    choices = [
        replace(with_number(choice, points_by_option[value_of(choice.key)]) if choice.chosen else choice, sign=sign)
        for choice, sign in zip(options(question, voice, tuple(points_by_option)), SIGNS[voice.language], strict=False)
    ]
    return (*choices, *done_choice(question, voice, chosen))


def tap_step(question: QuestionContent) -> int:
    """The points one tap gives."""
    return -(-question.total // _TAPS)


def points_left(question: QuestionContent, chosen: Sequence[str]) -> int:
    """The points not given yet."""
    return question.total - sum(map(points, chosen))


def _added(question: QuestionContent, before: Values, value: str) -> Values:
    """One step more for this option; if no points are left, the option's own points come back."""
    points_by_option = {option_of(each): points(each) for each in before}
    more = min(tap_step(question), points_left(question, before))
    points_by_option[value] = points_by_option.get(value, 0) + more if more else 0
    return tuple(value_for(option, number) for option, number in points_by_option.items() if number)


def _joined(_question: QuestionContent, before: Values, typed: Values) -> Values:
    """The points as typed last: an option named again gets its new number."""
    options_typed = {option_of(each) for each in typed}
    return (*(each for each in before if option_of(each) not in options_typed), *filter(points, typed))


def _renewed(question: QuestionContent, before: Values, typed: Values, ticks: bool) -> Values:  # noqa: ARG001
    """Like `_joined`, but points that add up to the whole total by themselves replace the earlier ones."""
    combined, alone = _joined(question, before, typed), _joined(question, (), typed)
    return alone if points_left(question, combined) < 0 and not points_left(question, alone) else combined


def _expects(question: QuestionContent, voice: Voice) -> str:
    signs, half = SIGNS[voice.language], question.total // 2
    example = f"{signs[0]}{half} {signs[1]}{question.total - half}"
    return voice("expect.points", count=question.total, example=example)


POINTS = Kind(
    choices=_shared, expects=_expects, reads=Reads.SHARES, gathers=True, adds=_added, joins=_joined, renews=_renewed
)
