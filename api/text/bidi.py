"""Texts of two directions: which marks keep them in order on a phone, and taking such marks out (Unicode Annex 9)."""

from __future__ import annotations

import re

_RLM, _LRM, _FSI, _PDI = "\u200f", "\u200e", "\u2068", "\u2069"
_MARKS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_ISOLATES = re.compile("[\u2066-\u2069]")
_ARABIC = re.compile("[\u0600-\u06ff]")
_BEFORE_SIGN = re.compile(r"(?<!\S)(?=[+/]\w)")  # +212… and /start turn their sign around after Arabic


def strip(text: str) -> str:
    """The text without marks of direction: what a person typed must not turn around what stands beside it."""
    return _MARKS.sub("", text)


def isolate(text: str, *, within_arabic: bool) -> str:
    """A value within a sentence, kept to itself where its letters run the other way."""
    other = any(letter.isalpha() for letter in _ARABIC.sub("", text)) if within_arabic else _ARABIC.search(text)
    return f"{_FSI}{text}{_PDI}" if other else text


def without_isolates(text: str) -> str:
    """The text for handsets that would show a box for each isolate (they came with Unicode 6.3, in 2013)."""
    return _ISOLATES.sub("", text)


def steady(text: str) -> str:
    """An Arabic text whose lines all keep to the right: an RLM before lines of Latin letters, an LRM before + and /.

    A text is of the language that it begins in.
    """
    letters = [letter for letter in text if letter.isalpha()]
    if 2 * len(_ARABIC.findall("".join(letters))) <= len(letters):
        return text  # a word of Arabic in a text of another language, as in the menu of languages
    if not _ARABIC.search(next(line for line in text.split("\n") if any(map(str.isalpha, line)))):
        return text  # a line of Arabic below a text of another language, as where that language is offered
    return "\n".join(_line(line) for line in text.split("\n"))


def _line(line: str) -> str:
    if not _ARABIC.search(line):
        latin = any(letter.isalpha() for letter in line) and not line.startswith(_RLM)
        return _RLM + line if latin else line
    return _BEFORE_SIGN.sub(_LRM, line)
