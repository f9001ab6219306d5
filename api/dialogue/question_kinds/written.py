"""Questions answered in the resident's own words: a number or a free text."""

from __future__ import annotations

from collections.abc import Sequence

from api.channel import Choice
from api.consultations.answer_rules import longest
from api.consultations.content import QuestionContent
from api.dialogue.question_kinds.kind import Kind
from api.dialogue.understand.expected import Reads
from api.i18n import Voice


def _none(_question: QuestionContent, _voice: Voice, _chosen: Sequence[str]) -> tuple[Choice, ...]:
    return ()


def _expects_number(question: QuestionContent, voice: Voice) -> str:
    low, high = question.rules.get("low"), question.rules.get("high")
    if low is None or high is None:
        return voice("expect.number")
    return voice("expect.scale", low=low, high=high)


def _expects_text(question: QuestionContent, voice: Voice) -> str:
    return voice("expect.text", count=longest(question))


NUMBER = Kind(choices=_none, expects=_expects_number, reads=Reads.NUMBER)
TEXT = Kind(choices=_none, expects=_expects_text, reads=Reads.TEXT)
