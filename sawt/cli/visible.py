"""Make text safe for a terminal: control characters and direction marks are written out, not obeyed."""

from __future__ import annotations

import io
import re
import sys
from typing import TextIO
from unicodedata import category

_OBEYED = ("Cc", "Cf", "Cs", "Zl", "Zp")  # controls, direction marks and other invisible ones, surrogates, line ends
_JOINERS = "\u200c\u200d"  # harmless: they shape letters and emoji
_SUSPECT = re.compile(r"[^ -~]")


def visible(text: str, *, lines: bool = False) -> str:
    r"""Return a text in which characters that a terminal would obey are written out, as "\x1b".

    With `lines`, line feeds are kept. Nothing is removed, so staff see everything that was sent.
    """
    return _SUSPECT.sub(lambda match: _sign(match.group(), lines), text)


def visible_json(text: str, encoding: str) -> str:
    r"""Return JSON with the same value, in which problematic characters are written as "\u001b".

    These are characters that a terminal would obey or that its encoding lacks.
    """
    return _SUSPECT.sub(lambda match: _escaped(match.group(), encoding), text)


def write(to: TextIO, text: str) -> None:
    """Write a line to a stream. The text must have been made visible before."""
    to.write(f"{text}\n")
    to.flush()


def print_error(text: str) -> None:
    """Print one line in red to standard error."""
    write(sys.stderr, coloured(visible(text), 31, sys.stderr))


def print_line(text: str) -> None:
    """Print one line to standard output."""
    write(sys.stdout, visible(text))


def coloured(text: str, colour: int, to: TextIO) -> str:
    """Return a text in a terminal colour (ECMA-48, 8.3.117), or unchanged if `to` is not a terminal."""
    return f"\x1b[{colour}m{text}\x1b[0m" if to.isatty() else text


def replace_unprintable() -> None:
    """Make standard output and error print a "?" for characters that the terminal's encoding lacks, instead of failing.

    Some encodings lack characters: those set by PYTHONIOENCODING or LC_ALL=C, for example.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _sign(letter: str, lines: bool) -> str:
    if category(letter) not in _OBEYED or letter in _JOINERS or (lines and letter == "\n"):
        return letter
    return repr(letter)[1:-1]  # Python's escapes: \n, \x1b, \u202e


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
