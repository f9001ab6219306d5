"""Renders a message for Telegram: its text, and its choices as an inline keyboard."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, KeyboardButton, ReplyKeyboardMarkup

from api.channel import Choice
from api.text import bidi

LONGEST = 4096  # characters of a message (core.telegram.org/bots/api#sendmessage)
_CHOSEN = "✓ "
_SHORT = 4  # maximum number of characters of a label that shares a row
_PER_ROW = 5


def render_text(text: str) -> str:
    """Return the text as Telegram gets it: with marks for right-to-left parts, and not longer than allowed."""
    return bidi.right_align(text)[:LONGEST]


def keyboard(choices: Sequence[Choice]) -> InlineKeyboardMarkup | ReplyKeyboardMarkup | None:
    """Return a keyboard for these choices; None without choices. Actions such as "Back" are at the bottom.

    If a choice asks for the person's phone number, return a reply keyboard; otherwise an inline keyboard.
    """
    if not choices:
        return None
    answers = [choice for choice in choices if not choice.action]
    short = all(len(choice.label) <= _SHORT for choice in answers)  # such as the steps of a scale, which share rows
    rows = [*_rows(answers, _PER_ROW if short else 1), *_rows([choice for choice in choices if choice.action], 3)]
    # only reply keyboards can ask for a phone number; there, a tap on any other choice sends its label as a text
    if any(choice.contact for choice in choices):
        keys = [[KeyboardButton(choice.label, request_contact=choice.contact) for choice in row] for row in rows]
        return ReplyKeyboardMarkup(keys, resize_keyboard=True, one_time_keyboard=True)
    return InlineKeyboardMarkup([[_button(choice) for choice in row] for row in rows])


def _button(choice: Choice) -> InlineKeyboardButton:
    sign = f"{choice.sign}) " if choice.sign else ""
    return InlineKeyboardButton((_CHOSEN if choice.chosen else "") + sign + choice.label, callback_data=choice.key)


def _rows(choices: Sequence[Choice], width: int) -> Iterator[list[Choice]]:
    left = iter(choices)
    while row := list(islice(left, width)):
        yield row
