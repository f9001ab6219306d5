"""Open the files that commands write, or standard output instead of a file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from api.errors import Invalid
from sawt.cli.printing import Writable, output

Overwrite = Annotated[bool, typer.Option("--overwrite", help="replace an existing file")]


def display_name(file: Path) -> str:
    """Return what to call a file in a sentence: its path, or "standard output" for -."""
    return "standard output" if str(file) == "-" else str(file)


@contextmanager
def open_output(file: Path, *, overwrite: bool) -> Iterator[Writable]:
    """Open a file for writing, and close it afterwards. The path - means standard output.

    Raises Invalid if the file cannot be written, or if it exists and `overwrite` is False.
    """
    if str(file) == "-":
        yield output()
        return
    try:
        # newline="": keep line ends as written
        out = file.open("w" if overwrite else "x", encoding="utf-8", newline="")
    except FileExistsError:
        raise Invalid(f"{file} exists already: pass --overwrite to replace it") from None
    except OSError as error:
        raise Invalid(f"cannot write {file}: {error.strerror}") from None
    with out:
        yield out
