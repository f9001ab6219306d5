"""Text that a terminal shows and does not obey: control characters and marks of direction become signs."""

from __future__ import annotations

import io
import re
import sys
from typing import TextIO
from unicodedata import category

_OBEYED = ("Cc", "Cf", "Cs", "Zl", "Zp")  # controls, marks of direction and others unseen, halves of letters, line ends
_JOINERS = "\u200c\u200d"  # they shape letters and emoji, and move nothing
_SUSPECT = re.compile(r"[^ -~]")


def visible(text: str, *, lines: bool = False) -> str:
    r"""The text with what a terminal would obey written out, as "\x1b"; `lines` keeps line feeds.

    Nothing is left out, so that staff see what was sent.
    """
    return _SUSPECT.sub(lambda found: _sign(found.group(), lines), text)


def visible_json(text: str, encoding: str) -> str:
    r"""JSON that says the same, with "\u001b" for what a terminal would obey or its encoding does not have."""
    return _SUSPECT.sub(lambda found: _escaped(found.group(), encoding), text)


def write(to: TextIO, text: str) -> None:
    """Write a text and a line feed; the caller made it visible."""
    to.write(f"{text}\n")
    to.flush()


def fault(text: str) -> None:
    """Say in red what went wrong: one line on standard error."""
    write(sys.stderr, coloured(visible(text), 31, sys.stderr))


def told(text: str) -> None:
    """Say one line on standard output."""
    write(sys.stdout, visible(text))


def coloured(text: str, colour: int, to: TextIO) -> str:
    """A text in one of the terminal's colours (ECMA-48, 8.3.117); as it is where `to` is no terminal."""
    return f"\x1b[{colour}m{text}\x1b[0m" if to.isatty() else text


def any_encoding() -> None:
    """Print with replacements what the terminal's encoding does not have (PYTHONIOENCODING, LC_ALL=C)."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _sign(letter: str, lines: bool) -> str:
    if category(letter) not in _OBEYED or letter in _JOINERS or (lines and letter == "\n"):
        return letter
    return repr(letter)[1:-1]  # the names that Python gives them: \n, \x1b, \u202e


def _escaped(letter: str, encoding: str) -> str:
    if letter == "\n" or (category(letter) not in _OBEYED and _has(encoding, letter)):
        return letter
    pairs = letter.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{pairs[at : at + 2].hex()}" for at in range(0, len(pairs), 2))


def _has(encoding: str, letter: str) -> bool:
    try:
        letter.encode(encoding)
    except UnicodeError:
        return False
    return True
