"""Kinds answered by several values on offer: several choices, and a ranking."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from api.channel import Choice
from api.consultations.content import QuestionContent
from api.dialogue.kinds.closed import options
from api.dialogue.kinds.kind import Kind, key, value_of
from api.dialogue.understand.expected import Reads
from api.i18n import Voice


def _several(question: QuestionContent, voice: Voice, chosen: Sequence[str]) -> tuple[Choice, ...]:
    return (*options(question, voice, chosen), *_done(question, voice, chosen))


def _ranked(question: QuestionContent, voice: Voice, chosen: Sequence[str]) -> tuple[Choice, ...]:
    ranks = {value: rank for rank, value in enumerate(chosen, start=1)}
    shown = tuple(
        replace(choice, label=f"{ranks[value_of(choice.key)]}. {choice.label}") if choice.chosen else choice
        for choice in options(question, voice, chosen)
    )
    return (*shown, *_done(question, voice, chosen))


def _done(question: QuestionContent, voice: Voice, chosen: Sequence[str]) -> tuple[Choice, ...]:
    if len(chosen) < question.least:
        return ()
    return (Choice(key(question, "done"), voice("word.done"), action=True),)


def _expects_several(question: QuestionContent, voice: Voice) -> str:
    return voice("expect.several", most=question.most)


def _expects_ranking(question: QuestionContent, voice: Voice) -> str:
    example = " ".join(str(number) for number in (2, 1, *range(3, question.most + 1)))
    return voice("expect.ranking", example=example)


SEVERAL = Kind(choices=_several, expects=_expects_several, reads=Reads.MANY, gathers=True)
RANKING = Kind(choices=_ranked, expects=_expects_ranking, reads=Reads.MANY, gathers=True)
