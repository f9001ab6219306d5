"""A message as Telegram shows it: text, and choices as an inline keyboard."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from api import bidi
from api.channel import Choice

LONGEST = 4096  # characters of a message (core.telegram.org/bots/api#sendmessage)
_CHOSEN = "✓ "
_SHORT = 4  # characters of a label that fits many to a row
_PER_ROW = 5


def words(text: str) -> str:
    """The text, kept in order where it is Arabic, and no longer than a message may be."""
    return bidi.steady(text)[:LONGEST]


def keyboard(choices: Sequence[Choice]) -> InlineKeyboardMarkup | None:
    """One row for each choice; short ones (a scale) share rows, and so do the ways out, at the bottom."""
    if not choices:
        return None
    answers = [choice for choice in choices if not choice.action]
    short = all(len(choice.label) <= _SHORT for choice in answers)
    rows = [*_rows(answers, _PER_ROW if short else 1), *_rows([choice for choice in choices if choice.action], 3)]
    return InlineKeyboardMarkup([[_button(choice) for choice in row] for row in rows])


def _button(choice: Choice) -> InlineKeyboardButton:
    return InlineKeyboardButton((_CHOSEN if choice.chosen else "") + choice.label, callback_data=choice.key)


def _rows(choices: Sequence[Choice], width: int) -> Iterator[list[Choice]]:
    left = iter(choices)
    while row := list(islice(left, width)):
        yield row
