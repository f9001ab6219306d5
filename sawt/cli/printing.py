"""All that commands print: whatever it is made of is data, shown letter by letter, never markup or a control."""

from __future__ import annotations

import sys
from typing import Any, Protocol, TextIO

import typer
from rich.console import Console, RenderableType
from rich.measure import Measurement
from rich.table import Column
from rich.table import Table as RichTable
from rich.text import Text

from sawt.cli.column_widths import Wanted, widths
from sawt.cli.visible import coloured, visible, visible_json, write

DIM, RED, GREEN, YELLOW = 2, 31, 32, 33
_INDENT = "    "
_LABEL = 20  # cells of a column's name that stands before its value


class Writable(Protocol):
    """What a text can be written to, piece by piece."""

    def write(self, text: str, /) -> object:
        """Take the next piece."""
        ...


class Table(RichTable):
    """A table whose title, headers and cells are data. Long words are folded: no letter is lost.

    `below` is a second line of the title.

    Where its columns have no room beside each other, its rows are printed one below the other: see `_fitting`.
    """

    def __init__(self, *headers: str, title: str | None = None, below: str = "", **given: Any) -> None:
        heading = None if title is None else Text("\n".join(map(visible, filter(None, (title, below)))))
        super().__init__(title=heading, **given)
        for header in headers:
            self.add_column(header)

    def add_column(self, header: RenderableType = "", *more: Any, **given: Any) -> None:
        """A column, as rich has it."""
        super().add_column(_text(header) or "", *more, **{"overflow": "fold", **given})

    def add_row(self, *cells: RenderableType | None, **given: Any) -> None:
        """A row, as rich has it."""
        super().add_row(*map(_text, cells), **given)


class Printer:
    """Prints lines and tables on standard output, or on standard error."""

    def __init__(self, *, stderr: bool = False) -> None:
        self._stderr = stderr

    def print(self, what: str | Table, *, mark: str = "", colour: int = 0) -> None:
        """A table, or one line. A `mark` of ours stands before the line, in a colour."""
        if isinstance(what, Table):
            console = Console(stderr=self._stderr, markup=False, emoji=False, highlight=False)
            console.print(_fitting(what, console))
            return
        write(self._to, coloured(mark, colour, self._to) + visible(what) if mark else visible(what))

    def lines(self, text: str, *, indent: str = _INDENT) -> None:
        """A text of several lines; all but the first are indented, so that none looks like a line of ours."""
        write(self._to, visible(text, lines=True).replace("\n", f"\n{indent}"))

    def json(self, text: str) -> None:
        """A JSON document that a program can read; a terminal shows it whole."""
        write(self._to, visible_json(text, self._to.encoding or "ascii"))

    @property
    def _to(self) -> TextIO:
        return sys.stderr if self._stderr else sys.stdout


def ask(question: str) -> None:
    """Ask for a yes. Ends the command where the answer is another."""
    typer.confirm(visible(question), abort=True)


def to_output(data: bytes) -> None:
    """Write a file's bytes to standard output, as they are; if that is a terminal, as it can show them."""
    if sys.stdout.isatty():
        sys.stdout.write(visible(data.decode(errors="replace").replace("\r\n", "\n"), lines=True))
    else:
        sys.stdout.flush()
        sys.stdout.buffer.write(data)


def output() -> Writable:
    """Standard output for a file that is written piece by piece; it is closed by nobody."""
    return _Shown() if sys.stdout.isatty() else sys.stdout


class _Shown:
    """Standard output that is a terminal, as something to write a file to."""

    def write(self, text: str, /) -> object:
        return sys.stdout.write(visible(text.replace("\r\n", "\n"), lines=True))


def _fitting(table: Table, console: Console) -> RichTable:
    """The table with columns that fit; or, if words would be broken in them, its rows one below the other."""
    room = console.width - 3 * len(table.columns) - 1  # what rich draws between columns
    found = widths([_wanted(column, console) for column in table.columns], room)
    if found is None:
        return _below(table)
    for column, width in zip(table.columns, found, strict=True):
        column.width = width
    return table


def _below(table: Table) -> RichTable:
    below = RichTable(title=table.title, title_justify="left", show_header=False, box=None, padding=(0, 2, 0, 0))
    below.add_column(max_width=_LABEL)
    below.add_column(overflow="fold")
    heads = [column.header for column in table.columns]
    for place, row in enumerate(zip(*(column.cells for column in table.columns), strict=True)):
        if place:
            below.add_row("")
        for head, cell in zip(heads, row, strict=True):
            below.add_row(head, cell)
    return below


def _wanted(column: Column, console: Console) -> Wanted:
    found = [Measurement.get(console, console.options, cell) for cell in (column.header, *column.cells)]
    return max(each.minimum for each in found), max(each.maximum for each in found)


def _text(cell: RenderableType | None) -> RenderableType | None:
    return Text(visible(cell, lines=True)) if isinstance(cell, str) else cell
