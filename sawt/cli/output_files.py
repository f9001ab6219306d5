"""Files that commands write, or standard output in the place of one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from api.errors import Invalid
from sawt.cli.printing import Writable, output


@contextmanager
def opened(file: Path) -> Iterator[Writable]:
    """A file to write to; - stands for standard output. Raises Invalid, in words, where there is none."""
    if str(file) == "-":
        yield output()
        return
    try:
        out = file.open("w", encoding="utf-8", newline="")  # the lines end as they are given
    except OSError as error:
        raise Invalid(f"cannot write {file}: {error.strerror}") from None
    with out:
        yield out
