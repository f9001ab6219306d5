"""Print the output of commands. All text is printed as data: markup and control characters have no effect."""

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
_LABEL = 20  # width of a column's name when it is printed before each value


class Writable(Protocol):
    """An object to which text can be written, piece by piece."""

    def write(self, text: str, /) -> object:
        """Write one piece of text."""
        ...


class Table(RichTable):
    """A table whose title, headers and cells are printed as data. Long words are folded, not cut.

    `below` is the second line of the title. If the terminal is too narrow for the columns, each cell is printed on a
    line of its own.
    """

    def __init__(self, *headers: str, title: str | None = None, below: str = "", **options: Any) -> None:
        heading = None if title is None else Text("\n".join(map(visible, filter(None, (title, below)))))
        super().__init__(title=heading, **options)
        for header in headers:
            self.add_column(header)

    def add_column(self, header: RenderableType = "", *more: Any, **options: Any) -> None:
        """Add a column. `more` and `options` are passed to the library rich."""
        super().add_column(_text(header) or "", *more, **{"overflow": "fold", **options})

    def add_row(self, *cells: RenderableType | None, **options: Any) -> None:
        """Add a row. `options` are passed to the library rich."""
        super().add_row(*map(_text, cells), **options)


class Printer:
    """A printer of lines and tables, to standard output or standard error."""

    def __init__(self, *, stderr: bool = False) -> None:
        self._stderr = stderr

    def print(self, content: str | Table, *, mark: str = "", colour: int = 0) -> None:
        """Print a table or one line of text. A `mark` is printed before a line, in colour."""
        if isinstance(content, Table):
            console = Console(stderr=self._stderr, markup=False, emoji=False, highlight=False)
            console.print(_fitting(content, console))
            return
        write(self._to, coloured(mark, colour, self._to) + visible(content) if mark else visible(content))

    def lines(self, text: str, *, indent: str = _INDENT) -> None:
        """Print a text of several lines. Indent all but the first, so that none can imitate Sawt's own output."""
        write(self._to, visible(text, lines=True).replace("\n", f"\n{indent}"))

    def json(self, text: str) -> None:
        """Print a JSON document with control characters escaped, for programs and for terminals."""
        write(self._to, visible_json(text, self._to.encoding or "ascii"))

    @property
    def _to(self) -> TextIO:
        return sys.stderr if self._stderr else sys.stdout


def ask(question: str) -> None:
    """Ask a yes/no question. Any answer but yes ends the command."""
    typer.confirm(visible(question), abort=True)


def prompt(words: str, *, hidden: bool = False) -> str:
    """Ask for one line of text; `hidden` shows nothing while it is typed."""
    answer: str = typer.prompt(visible(words), hide_input=hidden, err=True)
    return answer.strip()


def to_output(data: bytes) -> None:
    """Write a file's bytes to standard output.

    On a terminal, characters that the terminal would obey are made visible. Otherwise, the bytes stay unchanged.
    """
    if sys.stdout.isatty():
        sys.stdout.write(visible(data.decode(errors="replace").replace("\r\n", "\n"), lines=True))
    else:
        sys.stdout.flush()
        sys.stdout.buffer.write(data)


def output() -> Writable:
    """Return standard output as an object to write text to. The caller must not close it."""
    return _Terminal() if sys.stdout.isatty() else sys.stdout


class _Terminal:
    """Standard output on a terminal. Characters that the terminal would obey are made visible."""

    def write(self, text: str, /) -> object:
        return sys.stdout.write(visible(text.replace("\r\n", "\n"), lines=True))


def _fitting(table: Table, console: Console) -> RichTable:
    """Return the table with columns that fit the terminal. If that would break words, each cell gets its own line."""
    room = console.width - 3 * len(table.columns) - 1  # rich draws 3 cells between columns
    fitting = widths([_wanted(column, console) for column in table.columns], room)
    if fitting is None:
        return _line_by_line(table)
    for column, width in zip(table.columns, fitting, strict=True):
        column.width = width
    return table


def _line_by_line(table: Table) -> RichTable:
    lines = RichTable(title=table.title, title_justify="left", show_header=False, box=None, padding=(0, 2, 0, 0))
    lines.add_column(max_width=_LABEL)
    lines.add_column(overflow="fold")
    headers = [column.header for column in table.columns]
    for place, row in enumerate(zip(*(column.cells for column in table.columns), strict=True)):
        if place:
            lines.add_row("")
        for header, cell in zip(headers, row, strict=True):
            lines.add_row(header, cell)
    return lines


def _wanted(column: Column, console: Console) -> Wanted:
    sizes = [Measurement.get(console, console.options, cell) for cell in (column.header, *column.cells)]
    return max(each.minimum for each in sizes), max(each.maximum for each in sizes)


def _text(cell: RenderableType | None) -> RenderableType | None:
    return Text(visible(cell, lines=True)) if isinstance(cell, str) else cell
