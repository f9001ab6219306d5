"""Find receipts in texts that people write: alone or in a sentence, with spaces and dashes inside. Pure functions.

A possible receipt has the length and letters of a receipt; `lookup.py` tells whether it exists. A run is eight letters
or digits in a row, once everything else is removed from the text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator
from typing import NamedTuple

from api.consultations.ballots.casting import ALPHABET
from api.consultations.receipts.plain_letters import bare, readings, visible
from api.text.normalise import in_ascii_digits

LENGTH = 8
_BETWEEN = ("Zs", "Pd", "Cf")  # Unicode categories of spaces, dashes and direction marks
_WORD = re.compile(r"[^\W_]+")
_NO_LETTER = re.compile(r"[\W_]+")
_RUN = re.compile(f"(?=([{ALPHABET}]{{{LENGTH}}}))")  # every run of eight, including overlapping runs
_CUT = "…"


class Span(NamedTuple):
    """A possible receipt in a text, in capitals, with the positions where it starts and ends in the text."""

    receipt: str
    start: int
    end: int


def tidy(text: str) -> str | None:
    """Return a typed receipt in capitals and digits 0 to 9; None if the text cannot be a receipt.

    Spaces, dashes and invisible marks are ignored, since people copy them along with a message.
    """
    letters = (letter for letter in text if unicodedata.category(letter) not in _BETWEEN)
    receipt = in_ascii_digits("".join(letters)).upper()
    return receipt if len(receipt) == LENGTH and set(receipt) <= set(ALPHABET) else None


def within(text: str) -> list[str]:
    """Return the possible receipts in a text, in capitals. Each is one word, or several words joined."""
    return [span.receipt for span in _spelled(visible(text))]


def words_of(text: str) -> int:
    """Return the number of words in a text. A possible receipt counts as one word, even with spaces inside."""
    shown, end = visible(text), 0
    count = len(shown.split())
    for _, start, stop in _spelled(shown):
        if start >= end:
            count, end = count - len(shown[start:stop].split()) + 1, stop
    return count


def possible(text: str) -> list[str]:
    """Return every run in a text that may be a receipt, in capitals, without repetitions.

    Spaces and signs between the letters are ignored, and so are the letters before and after the run.
    """
    runs = (run.group(1) for plain in readings(text) for run in _RUN.finditer(_NO_LETTER.sub("", plain)))
    return list(dict.fromkeys(runs))


def spans(text: str) -> list[Span]:
    """Return every run in a text that may be a receipt, with the positions where it starts and ends."""
    spans = []
    for read in (str, bare):
        letters = [
            (letter, at)
            for at, original in enumerate(text)
            for letter in _NO_LETTER.sub("", in_ascii_digits(read(original)).upper())
        ]
        joined = "".join(letter for letter, _ in letters)
        for run in _RUN.finditer(joined):
            start, end = letters[run.start()][1], letters[run.start() + LENGTH - 1][1] + 1
            spans.append(Span(run.group(1), start, end))
    return list(dict.fromkeys(spans))


def cut(text: str, receipts: Collection[str]) -> str:
    """Put an ellipsis in place of these receipts, however they are spelled, and of words that look like a receipt.

    A word looks like a receipt if it has the length and letters of a receipt, and both letters and digits. Everything
    else stays as written.
    """
    removed = {at for run, start, end in spans(text) if run in receipts for at in range(start, end)}
    for word in _WORD.finditer(text):
        if (tidied := tidy(word.group())) and any(map(str.isdecimal, tidied)) and not tidied.isdecimal():
            removed.update(range(*word.span()))
    return "".join(("" if at - 1 in removed else _CUT) if at in removed else letter for at, letter in enumerate(text))


def without(text: str) -> str:
    """Return the text without marks on letters, and without words that may be a receipt, alone or joined."""
    plain, result, end = bare(text), "", 0
    for _, start, stop in _spelled(plain):
        if start >= end:
            result, end = result + plain[end:start], stop
    return result + plain[end:]


def without_runs(text: str) -> str:
    """Return the text in capitals, without runs that contain a digit and may be a receipt.

    This also removes parts of ordinary words. So use the result to compare texts, not to show them.
    """
    plain = in_ascii_digits(without(text)).upper()
    places = [at for at, letter in enumerate(plain) if not _NO_LETTER.match(letter)]
    letters = "".join(plain[at] for at in places)
    removed = {
        at for run in _RUN.finditer(letters) if any(map(str.isdecimal, run.group(1)))
        for at in places[run.start() : run.start() + LENGTH]
    }  # fmt: skip
    return "".join(letter for at, letter in enumerate(plain) if at not in removed)


def may_be_named(text: str) -> bool:
    """Whether a text may contain a receipt. If another function of this file finds one, the result is true.

    Ordinary sentences contain many runs of eight letters. So a run that is not a whole word only counts if it contains
    a digit.
    """
    if tidy(text) is not None or any(any(map(str.isdecimal, each)) for each in possible(text)):
        return True
    return any(within(plain) for plain in readings(text))


def repeats(reply: str, text: str) -> bool:
    """Whether a reply and a text contain the same possible receipt."""
    return not set(possible(text)).isdisjoint(possible(reply))


def _spelled(shown: str) -> Iterator[Span]:
    """Yield the possible receipts that are one word, or several words joined, with their positions."""
    words = [(in_ascii_digits(word.group()).upper(), *word.span()) for word in _WORD.finditer(shown)]
    for at in range(len(words)):
        joined, end = "", at
        while len(joined) < LENGTH and end < len(words):
            joined, end = joined + words[end][0], end + 1
        if len(joined) == LENGTH and set(joined) <= set(ALPHABET):
            yield Span(joined, words[at][1], words[end - 1][2])
