"""Copy a CSV file that the service sends piece by piece, and count its rows."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterable, Iterator

from api.errors import Unavailable
from sawt.cli.printing import Writable
from sawt.cli.service_answers import STRANGE


def copy_rows(pieces: Iterable[bytes], out: Writable) -> int:
    """Write a CSV file unchanged; return how many rows it has below its header. Raises Unavailable if it is no CSV."""
    try:
        return sum(1 for _ in csv.reader(_lines(pieces, out), delimiter=";")) - 1
    except csv.Error:
        raise Unavailable(STRANGE) from None


def _lines(pieces: Iterable[bytes], out: Writable) -> Iterator[str]:
    """Write each piece, and yield the lines: a piece may end inside a line, or inside a letter."""
    decoder, rest = codecs.getincrementaldecoder("utf-8")(), ""
    for piece in pieces:
        text = decoder.decode(piece)
        out.write(text)
        *lines, rest = (rest + text).split("\n")
        yield from (f"{line}\n" for line in lines)
    decoder.decode(b"", final=True)
    if rest:
        yield rest
