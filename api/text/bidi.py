"""Add or remove the direction marks that keep a text with two writing directions in order (Unicode Annex 9)."""

from __future__ import annotations

import re

_RLM, _LRM, _FSI, _PDI = "\u200f", "\u200e", "\u2068", "\u2069"
_MARKS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_ISOLATES = re.compile("[\u2066-\u2069]")
_ARABIC = re.compile("[\u0600-\u06ff]")
_BEFORE_SIGN = re.compile(r"(?<!\S)(?=[+/]\w)")  # after Arabic, +212… and /start show their sign on the wrong side


def strip(text: str) -> str:
    """Remove direction marks from a text that a person typed."""
    return _MARKS.sub("", text)  # so that it cannot reorder the text around it


def isolate(text: str, *, within_arabic: bool) -> str:
    """Return a value to insert into a sentence. If its direction differs, isolate marks are added."""
    other = any(letter.isalpha() for letter in _ARABIC.sub("", text)) if within_arabic else _ARABIC.search(text)
    return f"{_FSI}{text}{_PDI}" if other else text


def without_isolates(text: str) -> str:
    """Remove isolate marks. Handsets older than Unicode 6.3 (2013) show a box for each of them."""
    return _ISOLATES.sub("", text)


def right_align(text: str) -> str:
    """Keep all lines of an Arabic text right-aligned.

    Adds a right-to-left mark before lines of Latin letters, and a left-to-right mark before + and /. A text that does
    not begin in Arabic, or is mostly in other letters, is returned unchanged.
    """
    letters = [letter for letter in text if letter.isalpha()]
    if 2 * len(_ARABIC.findall("".join(letters))) <= len(letters):
        return text  # some Arabic words in another language, as in the menu of languages
    if not _ARABIC.search(next(line for line in text.split("\n") if any(map(str.isalpha, line)))):
        return text  # a line of Arabic below another language, as when that language is offered
    return "\n".join(_line(line) for line in text.split("\n"))


def _line(line: str) -> str:
    if not _ARABIC.search(line):
        latin = any(letter.isalpha() for letter in line) and not line.startswith(_RLM)
        return _RLM + line if latin else line
    return _BEFORE_SIGN.sub(_LRM, line)
