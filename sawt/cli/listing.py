"""Commands that list: `--limit`, `--all` and `--after`, a table a page, and the line that names the next page."""

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

USUAL = 50  # rows of a page, on a screen
_out, _err = Printer(), Printer(stderr=True)
_Limit = Annotated[int, typer.Option(min=1, max=MOST, help="rows of a page, at most")]
_After = Annotated[str, typer.Option(help="go on behind a page, as its last line says", metavar="CURSOR")]
_All = Annotated[bool, typer.Option("--all", help="every row, to the end")]


class Pages:
    """Which pages of a list are asked for, and how they are shown."""

    def __init__(self, ctx: typer.Context, *, limit: int, after: str, everything: bool) -> None:
        self.ended = False  # the last row was shown
        self._ctx, self._limit, self._after, self._all = ctx, limit, after, everything

    def show(
        self,
        read: Read[T],
        headers: Sequence[str],
        row: Callable[[T], Iterable[str]],
        *,
        nothing: str | Callable[[], str] = "none",
    ) -> None:
        """Print a table for each page, then how to see the next one.

        If there is no row at all, `nothing` says so, or why, on standard error.
        """
        for found in self._found(read):
            if not found.items and not self._after:
                _err.print(nothing if isinstance(nothing, str) else nothing())
                return
            table = Table(*headers)
            for each in found.items:
                table.add_row(*row(each))
            _out.print(table)

    def json(self, read: Read[T], shown: Callable[[T], object]) -> None:
        """Print the rows as one array; how to see more goes to standard error."""
        rows = [shown(each) for found in self._found(read) for each in found.items]
        _out.json(json.dumps(rows, ensure_ascii=False, indent=2))

    def _found(self, read: Read[T]) -> Iterator[PageRows[T]]:
        """Each page that is wanted, read when it is asked for: however long the list is, one page is in memory."""
        found = read(PageRequest(MOST if self._all else self._limit, self._after or None))
        yield found
        while self._all and found.next is not None:
            found = read(PageRequest(MOST, found.next))
            yield found
        self.ended = found.next is None
        if found.next is not None:
            _err.print(f"more: {shlex.join([*_said(self._ctx), '--after', found.next])}")


def listing(command: Callable[..., None]) -> Callable[..., None]:
    """Let a command list page by page: it takes `--limit`, `--all` and `--after`, and is given them as `pages`."""

    @wraps(command)
    def listed(*, ctx: typer.Context, limit: int, after: str, everything: bool, **given: Any) -> None:
        command(pages=Pages(ctx, limit=limit, after=after, everything=everything), **given)

    own = [each for each in signature(command, eval_str=True).parameters.values() if each.name != "pages"]
    shared = [
        _parameter("ctx", typer.Context),
        *own,
        _parameter("limit", _Limit, USUAL),
        _parameter("after", _After, ""),
        _parameter("everything", _All, False),
    ]
    found = signature(command).replace(parameters=[each.replace(kind=Parameter.KEYWORD_ONLY) for each in shared])
    listed.__signature__ = found  # type: ignore[attr-defined]  # what typer reads
    listed.__annotations__ = {each.name: each.annotation for each in shared}
    return listed


def _parameter(name: str, kind: Any, default: Any = Parameter.empty) -> Parameter:
    return Parameter(name, Parameter.KEYWORD_ONLY, default=default, annotation=kind)


def _said(ctx: typer.Context) -> list[str]:
    """The words by which this command was called, but for where it went on."""
    words: list[str] = []
    at: Any = ctx
    while at is not None:
        words = [str(at.info_name) if at.parent is not None else "sawt", *_given(at), *words]
        at = at.parent
    return words


def _given(ctx: Any) -> Iterator[str]:
    """The options and arguments that were written on the command line, each by its first name."""
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
