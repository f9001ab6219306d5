"""Kinds answered in one's own words: a number, a free text."""

from __future__ import annotations

from collections.abc import Sequence

from api.channel import Choice
from api.consultations.answers import longest
from api.consultations.content import QuestionContent
from api.dialogue.kinds.kind import Kind, Values
from api.dialogue.understand import offered
from api.dialogue.understand.offered import Offered
from api.i18n import Voice


def _none(_question: QuestionContent, _voice: Voice, _chosen: Sequence[str]) -> tuple[Choice, ...]:
    return ()


def _number(_question: QuestionContent, text: str, _numbered: Offered) -> Values:
    found = offered.number(text)
    return () if found is None else (repr(found),)


def _text(_question: QuestionContent, text: str, _numbered: Offered) -> Values:
    return (text,) if text.strip() else ()


def _expects_number(question: QuestionContent, voice: Voice) -> str:
    low, high = question.rules.get("low"), question.rules.get("high")
    if low is None or high is None:
        return voice("expect.number")
    return voice("expect.scale", low=low, high=high)


def _expects_text(question: QuestionContent, voice: Voice) -> str:
    return voice("expect.text", most=longest(question))


NUMBER = Kind(choices=_none, expects=_expects_number, read=_number)
TEXT = Kind(choices=_none, expects=_expects_text, read=_text)
