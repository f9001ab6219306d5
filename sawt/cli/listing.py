"""Commands that list rows in pages: the options `--limit`, `--all` and `--after`, and how to get the next page."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import wraps
from inspect import Parameter, signature
from typing import Annotated, Any, TypeVar

import typer

from api.pagination import MOST, PageRequest, PageRows
from sawt.cli.printing import Printer, Table

T = TypeVar("T")
Read = Callable[[PageRequest], PageRows[T]]

USUAL = 50  # rows per page on a screen
_out, _err = Printer(), Printer(stderr=True)
_Limit = Annotated[int, typer.Option(min=1, max=MOST, help="rows on a page, at most")]
_After = Annotated[str, typer.Option(help="continue after a page: its last line shows how", metavar="CURSOR")]
_All = Annotated[bool, typer.Option("--all", help="all rows")]


class Pages:
    """The pages of a list that the command line asks for. Prints them as tables or as JSON."""

    def __init__(self, ctx: typer.Context, *, limit: int, after: str, everything: bool) -> None:
        self.ended = False  # whether the last row was printed
        self._ctx, self._limit, self._after, self._all = ctx, limit, after, everything

    def show(
        self,
        read: Read[T],
        headers: Sequence[str],
        row: Callable[[T], Iterable[str]],
        *,
        nothing: str | Callable[[], str] = "none",
    ) -> None:
        """Print a table for each page, then the command that prints the next page.

        If there are no rows, print `nothing` to standard error.
        """
        for page in self._read(read):
            if not page.items and not self._after:
                _err.print(nothing if isinstance(nothing, str) else nothing())
                return
            table = Table(*headers)
            for each in page.items:
                table.add_row(*row(each))
            _out.print(table)

    def json(self, read: Read[T], shown: Callable[[T], object]) -> None:
        """Print the rows as one JSON array. The command for the next page goes to standard error."""
        rows = [shown(each) for page in self._read(read) for each in page.items]
        _out.json(json.dumps(rows, ensure_ascii=False, indent=2))

    def _read(self, read: Read[T]) -> Iterator[PageRows[T]]:
        """Yield the requested pages. Each page is read only when needed, so that only one is in memory."""
        page = read(PageRequest(MOST if self._all else self._limit, self._after or None))
        yield page
        while self._all and page.next is not None:
            page = read(PageRequest(MOST, page.next))
            yield page
        self.ended = page.next is None
        if page.next is not None:
            _err.print(f"more: {shlex.join([*_command_line(self._ctx), '--after', page.next])}")


def listing(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options `--limit`, `--all` and `--after` to a command, which receives them as `pages`."""

    @wraps(command)
    def listed(*, ctx: typer.Context, limit: int, after: str, everything: bool, **arguments: Any) -> None:
        command(pages=Pages(ctx, limit=limit, after=after, everything=everything), **arguments)

    own = [each for each in signature(command, eval_str=True).parameters.values() if each.name != "pages"]
    shared = [
        _parameter("ctx", typer.Context),
        *own,
        _parameter("limit", _Limit, USUAL),
        _parameter("after", _After, ""),
        _parameter("everything", _All, False),
    ]
    combined = signature(command).replace(parameters=[each.replace(kind=Parameter.KEYWORD_ONLY) for each in shared])
    listed.__signature__ = combined  # type: ignore[attr-defined]  # typer reads it
    listed.__annotations__ = {each.name: each.annotation for each in shared}
    return listed


def _parameter(name: str, kind: Any, default: Any = Parameter.empty) -> Parameter:
    return Parameter(name, Parameter.KEYWORD_ONLY, default=default, annotation=kind)


def _command_line(ctx: typer.Context) -> list[str]:
    """Return the words with which this command was called, without `--after`."""
    words: list[str] = []
    at: Any = ctx
    while at is not None:
        words = [str(at.info_name) if at.parent is not None else "sawt", *_arguments(at), *words]
        at = at.parent
    return words


def _arguments(ctx: Any) -> Iterator[str]:
    """Yield the options and arguments given on the command line, each option under its first name."""
    for each in ctx.command.params:
        source = ctx.get_parameter_source(each.name)
        if source is None or source.name != "COMMANDLINE" or each.name == "after":
            continue
        value = ctx.params.get(each.name)
        if each.param_type_name == "argument":
            yield str(value)
        elif each.is_flag:
            yield each.opts[0]
        else:
            yield from (each.opts[0], str(value))
