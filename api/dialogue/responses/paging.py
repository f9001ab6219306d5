"""Cuts questions with long lists of choices into pages for SMS. All pages but the last offer SUITE (the next page)."""

from __future__ import annotations

import string
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

from api.channel import Choice
from api.consultations.content import QuestionContent
from api.consultations.sms_budget import MOST
from api.dialogue.question_kinds.kind import key
from api.i18n import Voice
from api.text.tifinagh import fold_latin

PAGE = "page:"  # prefix of the value that leads to the next page
# Common characters of GSM-7, the 7-bit alphabet of SMS.
_CHEAP = frozenset(string.ascii_letters + string.digits + " \n!\"#$%&'()*+,-./:;<=>?@_éèùìòàäöñüçÉÄÖÑÜ")
_ROOM = {True: 153, False: 67}  # characters per segment of a long SMS, in GSM-7 and in UCS-2


class Page(NamedTuple):
    """One message of a question: its text, and all choices. The text lists only the choices of this page."""

    text: str
    choices: tuple[Choice, ...]


def pages(voice: Voice, question: QuestionContent, text: str, choices: Sequence[Choice]) -> tuple[Page, ...]:
    """Return the messages that ask a question. There is only one if it fits six SMS segments or cannot be cut.

    Every page accepts the numbers of all options; the pages differ only in which options they list.
    """
    options = [choice for choice in choices if not choice.action and not choice.told]
    if len(options) < 2 or _fits([text, *_lines(choices)]):
        return (Page(text, tuple(choices)),)
    cuts = [0, *_cuts(text, options, choices), len(options)]
    spans = list(pairwise(cuts))
    return tuple(
        Page(
            text if place == 1 else f"({place}/{len(spans)})",
            _listed(choices, options[start:end], _more(voice, question, place) if place < len(spans) else ()),
        )
        for place, (start, end) in enumerate(spans, start=1)
    )


def page_number(value: str) -> int | None:
    """Return the number, from 1, of the page that a choice leads to; None if it leads to no page."""
    digits = value.removeprefix(PAGE)
    return int(digits) if value.startswith(PAGE) and digits.isdecimal() and len(digits) < 3 else None


def _more(voice: Voice, question: QuestionContent, place: int) -> tuple[Choice, ...]:
    return (Choice(key(question, f"{PAGE}{place + 1}"), voice("word.rest"), action=True),)


def _listed(choices: Sequence[Choice], own: Sequence[Choice], more: tuple[Choice, ...]) -> tuple[Choice, ...]:
    """Return all choices, with the options of other pages hidden."""
    listed = tuple(choice if choice in own else replace(choice, told=True) for choice in choices if not choice.action)
    return (*listed, *more, *(choice for choice in choices if choice.action))


def _cuts(text: str, options: Sequence[Choice], choices: Sequence[Choice]) -> Iterator[int]:
    """Yield the indexes of the options with which a new page begins."""
    ways_out = " / ".join([choice.typed or choice.label for choice in choices if choice.action] + ["x" * 12])
    lines, head = _lines(options), text
    page: list[str] = []
    for at, line in enumerate(lines):
        if page and not _fits([head, *page, line, ways_out]):
            yield at
            page, head = [], "(9/9)"
        page.append(line)


def _lines(choices: Sequence[Choice]) -> list[str]:
    """Return the lines that list the choices, roughly as a simple phone shows them."""
    return [f"99) {choice.typed or choice.label}" for choice in choices if not choice.told]


def _fits(lines: Sequence[str]) -> bool:
    text = fold_latin("\n".join(lines))
    return len(text.encode("utf-16-le")) // 2 <= MOST * _ROOM[_CHEAP.issuperset(text)]
