"""Questions answered by one of the values offered: yes or no, an option, a place, a step of a scale."""

from __future__ import annotations

from collections.abc import Sequence

from api.channel import Choice
from api.consultations.answer_rules import scale
from api.consultations.content import QuestionContent
from api.dialogue.question_kinds.kind import Kind, key
from api.dialogue.understand.expected import Reads
from api.i18n import Voice
from api.text.shortening import shortened

SHORT = 24  # maximum number of characters of an option in a list of proposals, so that six fit two SMS in French


def options(question: QuestionContent, voice: Voice, chosen: Sequence[str]) -> tuple[Choice, ...]:
    """Return one choice for each option. In SMS its label is shortened if DETAIL gives the longer text."""
    labels = [(option, voice.pick(option.label)) for option in question.options]
    return tuple(
        Choice(
            key(question, option.value),
            label,
            chosen=option.value in chosen,
            typed=shortened(label, SHORT, dots="..") if option.detail else "",
        )
        for option, label in labels
    )


def _yes_no(question: QuestionContent, voice: Voice, chosen: Sequence[str]) -> tuple[Choice, ...]:
    words = (("yes", voice("word.yes")), ("no", voice("word.no")))
    return tuple(Choice(key(question, value), word, chosen=value in chosen) for value, word in words)


def _scale(question: QuestionContent, _voice: Voice, chosen: Sequence[str]) -> tuple[Choice, ...]:
    return tuple(Choice(key(question, value), value, chosen=value in chosen, told=True) for value in scale(question))


def _expects_number(question: QuestionContent, voice: Voice) -> str:
    return voice("expect.choice", last=len(question.options) or 2)


def _expects_step(question: QuestionContent, voice: Voice) -> str:
    return voice("expect.scale", low=question.rules["low"], high=question.rules["high"])


def _expects_yes_no(_question: QuestionContent, voice: Voice) -> str:
    return voice("expect.yes_no")


YES_NO = Kind(choices=_yes_no, expects=_expects_yes_no, reads=Reads.ONE)
OPTIONS = Kind(choices=options, expects=_expects_number, reads=Reads.ONE)
SCALE = Kind(choices=_scale, expects=_expects_step, reads=Reads.STEP)
