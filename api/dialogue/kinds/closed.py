"""Kinds answered by one value on offer: yes or no, one option, a place, a step of a scale."""

from __future__ import annotations

from collections.abc import Sequence

from api.channel import Choice
from api.consultations.answers import scale
from api.consultations.content import QuestionContent
from api.dialogue.kinds.kind import Kind, Values, key, value_of
from api.dialogue.understand import offered
from api.dialogue.understand.offered import Offered
from api.i18n import Voice


def options(question: QuestionContent, voice: Voice, chosen: Sequence[str]) -> tuple[Choice, ...]:
    """One choice for each option."""
    return tuple(
        Choice(key(question, option.value), voice.pick(option.label), chosen=option.value in chosen)
        for option in question.options
    )


def _yes_no(question: QuestionContent, voice: Voice, chosen: Sequence[str]) -> tuple[Choice, ...]:
    words = (("yes", voice("word.yes")), ("no", voice("word.no")))
    return tuple(Choice(key(question, value), word, chosen=value in chosen) for value, word in words)


def _scale(question: QuestionContent, _voice: Voice, chosen: Sequence[str]) -> tuple[Choice, ...]:
    return tuple(Choice(key(question, value), value, chosen=value in chosen) for value in scale(question))


def _one(_question: QuestionContent, text: str, numbered: Offered) -> Values:
    found = offered.one(text, numbered)
    return (value_of(found),) if found else ()


def _step(question: QuestionContent, text: str, _numbered: Offered) -> Values:
    # The steps of a scale are its numbers: the third place is no answer where the scale starts at 0.
    found = offered.number(text)
    value = "" if found is None else f"{found:g}"
    return (value,) if value in scale(question) else ()


def _expects_number(question: QuestionContent, voice: Voice) -> str:
    return voice("expect.choice", last=len(question.options) or 2)


def _expects_step(question: QuestionContent, voice: Voice) -> str:
    return voice("expect.scale", low=question.rules["low"], high=question.rules["high"])


YES_NO = Kind(choices=_yes_no, expects=_expects_number, read=_one)
OPTIONS = Kind(choices=options, expects=_expects_number, read=_one)
SCALE = Kind(choices=_scale, expects=_expects_step, read=_step)
