"""Questions in which points are shared out among the options.

The options have letters, so an answer looks like "A5 C3". A tap gives points to an option. If no points are left, a tap
takes back the option's points.
"""

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

_TAPS = 10  # number of taps that gives away all points


def _shared(question: QuestionContent, voice: Voice, chosen: Sequence[str]) -> tuple[Choice, ...]:
    points_by_option = {option_of(value): points(value) for value in chosen}
    choices = [
        replace(with_number(choice, points_by_option[value_of(choice.key)]) if choice.chosen else choice, sign=sign)
        for choice, sign in zip(options(question, voice, tuple(points_by_option)), SIGNS[voice.language], strict=False)
    ]
    return (*choices, *done_choice(question, voice, chosen))


def tap_step(question: QuestionContent) -> int:
    """Return how many points one tap gives to an option."""
    return -(-question.total // _TAPS)


def points_left(question: QuestionContent, chosen: Sequence[str]) -> int:
    """Return how many points have not been given to any option yet."""
    return question.total - sum(map(points, chosen))


def _added(question: QuestionContent, before: Values, value: str) -> Values:
    """Return the values after a tap, which gives points to an option."""
    points_by_option = {option_of(each): points(each) for each in before}
    more = min(tap_step(question), points_left(question, before))
    # if no points are left, a tap takes back those of the option
    points_by_option[value] = points_by_option.get(value, 0) + more if more else 0
    return tuple(value_for(option, number) for option, number in points_by_option.items() if number)


def _joined(_question: QuestionContent, before: Values, typed: Values) -> Values:
    """Return the values after more points were typed; a second number for an option replaces the first."""
    options_typed = {option_of(each) for each in typed}
    return (*(each for each in before if option_of(each) not in options_typed), *filter(points, typed))


def _renewed(question: QuestionContent, before: Values, typed: Values, ticks: bool) -> Values:  # noqa: ARG001
    """Return the values after points were typed later."""
    combined, alone = _joined(question, before, typed), _joined(question, (), typed)
    # too many points together, but the typed ones alone make a complete answer
    return alone if points_left(question, combined) < 0 and not points_left(question, alone) else combined


def _expects(question: QuestionContent, voice: Voice) -> str:
    signs, half = SIGNS[voice.language], question.total // 2
    example = f"{signs[0]}{half} {signs[1]}{question.total - half}"
    return voice("expect.points", count=question.total, example=example)


POINTS = Kind(
    choices=_shared, expects=_expects, reads=Reads.SHARES, gathers=True, adds=_added, joins=_joined, renews=_renewed
)
