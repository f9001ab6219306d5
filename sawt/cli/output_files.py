"""Files that commands write, or standard output in the place of one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from api.errors import Invalid
from sawt.cli.printing import Writable, output

Overwrite = Annotated[bool, typer.Option("--overwrite", help="write over a file that is there")]


def shown(file: Path) -> str:
    """What a file is called in a sentence."""
    return "standard output" if str(file) == "-" else str(file)


@contextmanager
def opened(file: Path, *, overwrite: bool) -> Iterator[Writable]:
    """A file to write to; - stands for standard output.

    Raises Invalid, in words, where it cannot be written, or is there and nobody said to write over it.
    """
    if str(file) == "-":
        yield output()
        return
    try:
        # the lines end as they are given
        out = file.open("w" if overwrite else "x", encoding="utf-8", newline="")
    except FileExistsError:
        raise Invalid(f"{file} is there already: --overwrite writes over it") from None
    except OSError as error:
        raise Invalid(f"cannot write {file}: {error.strerror}") from None
    with out:
        yield out
