"""Receipts as people write them: alone, in a sentence, with blanks and dashes in them. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator

from api.consultations.ballots.casting import ALPHABET
from api.text.lookalikes import in_latin
from api.text.normalise import LONGEST, in_ascii_digits

LENGTH = 8
_BETWEEN = ("Zs", "Pd", "Cf")  # categories of blanks, dashes and marks of direction
_WORD = re.compile(r"[^\W_]+")
_NO_LETTER = re.compile(r"[\W_]+")
_RUN = re.compile(f"(?=([{ALPHABET}]{{{LENGTH}}}))")  # each, also where they overlap
_CUT = "…"
_UNSEEN = ("Mn", "Me", "Cf")  # categories of marks on a letter, and of what nobody sees


def tidy(written: str) -> str | None:
    """The receipt that was written, in capitals, with digits 0 to 9; None if it cannot be one.

    Blanks, dashes and invisible marks, which come along with what is copied out of a message, are left out.
    """
    kept = (letter for letter in written if unicodedata.category(letter) not in _BETWEEN)
    found = in_ascii_digits("".join(kept)).upper()
    return found if len(found) == LENGTH and set(found) <= set(ALPHABET) else None


def within(text: str) -> list[str]:
    """What may be a receipt within a text, in capitals: words of it, or several in a row that make up one."""
    return [joined for joined, _, _ in _spelled(_shown(text))]


def words_of(text: str) -> int:
    """How many words a text has; what may be a receipt is one word, also where it is spelled out."""
    shown, end = _shown(text), 0
    count = len(shown.split())
    for _, start, stop in _spelled(shown):
        if start >= end:
            count, end = count - len(shown[start:stop].split()) + 1, stop
    return count


def possible(text: str) -> list[str]:
    """Every eight letters in a row that may be a receipt, whatever is between, before or behind them; each once."""
    runs = (found.group(1) for plain in _readings(text) for found in _RUN.finditer(_NO_LETTER.sub("", plain)))
    return list(dict.fromkeys(runs))


def placed(text: str) -> list[tuple[str, int, int]]:
    """Each of the same, where it begins in the text, and where it ends."""
    found = []
    for read in (str, _bare):
        letters = [
            (letter, at)
            for at, written in enumerate(text)
            for letter in _NO_LETTER.sub("", in_ascii_digits(read(written)).upper())
        ]
        joined = "".join(letter for letter, _ in letters)
        for run in _RUN.finditer(joined):
            found.append((run.group(1), letters[run.start()][1], letters[run.start() + LENGTH - 1][1] + 1))
    return list(dict.fromkeys(found))


def cut(text: str, receipts: Collection[str]) -> str:
    """A text with an ellipsis in place of these receipts, however they are spelled, and of what is a word like one.

    A word is like one by its length and its letters, with a digit among them; all else stays as it was written.
    """
    gone = {at for run, start, end in placed(text) if run in receipts for at in range(start, end)}
    for word in _WORD.finditer(text):
        if (tidied := tidy(word.group())) and any(map(str.isdecimal, tidied)) and not tidied.isdecimal():
            gone.update(range(*word.span()))
    return "".join(("" if at - 1 in gone else _CUT) if at in gone else letter for at, letter in enumerate(text))


def without(text: str) -> str:
    """A text without what may be a receipt in it, where that is one word or several, and without marks on letters."""
    bare, kept, end = _bare(text), "", 0
    for _, start, stop in _spelled(bare):
        if start >= end:
            kept, end = kept + bare[end:start], stop
    return kept + bare[end:]


def around(text: str) -> str:
    """What is left of a text, in capitals, without any eight letters in a row that may be a receipt, also within words.

    What looks like one in ordinary words goes as well: it is for telling texts apart, and not for reading.
    """
    plain = in_ascii_digits(without(text)).upper()
    places = [at for at, letter in enumerate(plain) if not _NO_LETTER.match(letter)]
    letters = "".join(plain[at] for at in places)
    gone = {
        at for run in _RUN.finditer(letters) if any(map(str.isdecimal, run.group(1)))
        for at in places[run.start() : run.start() + LENGTH]
    }  # fmt: skip
    return "".join(letter for at, letter in enumerate(plain) if at not in gone)


def may_be_named(written: str) -> bool:
    """Whether somebody may have written a receipt in this text: whatever else finds one in it, this says yes.

    Letters in a row that are no whole words count with a digit among them only, as ordinary sentences have them, too.
    """
    if tidy(written) is not None or any(any(map(str.isdecimal, each)) for each in possible(written)):
        return True
    return any(within(plain) for plain in _readings(written))


def repeats(told: str, written: str) -> bool:
    """Whether what may be a receipt in a text is in an answer as well."""
    return not set(possible(written)).isdisjoint(possible(told))


def _shown(text: str) -> str:
    return "".join(letter for letter in text if unicodedata.category(letter) != "Cf")


def _spelled(shown: str) -> Iterator[tuple[str, int, int]]:
    """What whole words make up that may be a receipt, and where it stands."""
    words = [(in_ascii_digits(word.group()).upper(), *word.span()) for word in _WORD.finditer(shown)]
    for at in range(len(words)):
        joined, end = "", at
        while len(joined) < LENGTH and end < len(words):
            joined, end = joined + words[end][0], end + 1
        if len(joined) == LENGTH and set(joined) <= set(ALPHABET):
            yield joined, words[at][1], words[end - 1][2]


def _readings(written: str) -> Iterator[str]:
    """The text as it is, and as it reads without the marks on its letters, in capitals.

    Both: a mark of its own parts two words or changes a letter, as somebody sees it.
    """
    yield in_ascii_digits(written).upper()
    if not written.isascii():
        yield in_ascii_digits(_bare(written)).upper()


def _bare(written: str) -> str:
    """A text without the marks on its letters, and with each letter as it is usually written, or as it looks."""
    if written.isascii():
        return written
    written = in_latin(written)
    apart = unicodedata.normalize("NFKD", written)[: 2 * LONGEST]
    return "".join(letter for letter in apart if unicodedata.category(letter) not in _UNSEEN)
